package demo

// Names of the people of pairs. The demo's own people share a few hundred names between them; pairs need what a register has: some names
// that very many have, and a long tail of names that hardly anybody else has.

// commonFamilies are common family names of England, the most common first.
var commonFamilies = words(`Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Roberts Johnson Lewis Walker Robinson Wood Thompson White
Watson Jackson Wright Green Harris Cooper King Lee Martin Clarke James Morgan Hughes Edwards Hill Moore Clark Harrison Scott Young Morris Hall
Ward Turner Carter Phillips Mitchell Adams Campbell Anderson Allen Cook Bailey Parker Miller Davis Murphy Price Bell Baker Griffiths Kelly
Simpson Marshall Collins Bennett Cox Richardson Fox Gray Rose Chapman Hunt Robertson Shaw Reynolds Lloyd Ellis Richards Russell Wilkinson
Khan Graham Stewart Reid Murray Powell Palmer Holmes Rogers Stevens Walsh Hunter Thomson Matthews Ross Owen Mason Knight Kennedy Butler Saunders
Cole Pearce Dean Foster Harvey Hudson Gibson Mills Berry Barnes Pearson Kaur Booth Dixon Grant Gordon Lane Harper Ali Hart Mcdonald Brooks Ryan
Carr Macdonald Hamilton Johnston West Gill Dawson Armstrong Gardner Stone Andrews Williamson Barker George Fisher Cunningham Watts Webb Lawrence
Bradley Jenkins Wells Chambers Spencer Poole Atkinson Lawson Day Woods Rees Fraser Black Fletcher Hussain Willis Marsh Ford Doyle Lowe Burns
Hopkins Nicholson Parry Newman Jordan Henderson Howard Barrett Burton Riley Porter Byrne Houghton John Perry Baxter Ball Mccarthy Elliott Burke
Gallagher Duncan Cooke Austin Read Wallace Hawkins Hayes Francis Sutton Davidson Sharp Holland Moss May Bates Morrison Bird Kemp Archer Norman`)

// The tail of each heritage: a front and a back make a name.
var tails = [][2][]string{
	{words(`Ash Beck Birch Black Brad Brook Burn Cal Chad Clay Cold Crow Dal Dun East El Fair Farn Ferns Gar Glen Green Had Hal Ham Hart Hather Hazel
Hep High Hol Horn Hut Kel Kirk Lang Lav Leigh Lin Long Lyn Mar Mel Mid Mor Nether New Nor Oak Old Os Over Pem Pend Pick Pres Rad Raven Rish Rother
Row Sel Sher Shel Skel Stan Stock Sut Swin Tat Thorn Til Tor Up Wake Wal Whit Wick Win Wol Wor Wrox`),
		words(`bourne bridge brook by combe cott croft dale den field ford gate grave ham hill hurst ington kirk land leigh ley low man mere more ridge
sett shaw stead stock ston ton thorpe wick wood worth`)},
	{words(`O'Ber O'Cal O'Don O'Gra O'Har O'Kin O'Lar O'Mal O'Mea O'Rei O'Shaugh O'Too McBre McCaf McCon McDer McEl McGar McGin McGrea McIn McKen McLough McNal`),
		words(`ghlin rety nagh nell lihan dy rigan vey lon negan ran laghan nessy lan ffrey mack`)},
	{words(`Mac McAl McCor McFar McGil McKin McLeo McNei McPher Aber Cad Craig Dal Gri Kil Pen Pro Tre Tud Strath`),
		words(`lan mack lane livray non d'ld son crombie wallader ie ziel ffydd more berth thero vor or earn well`)},
	{words(`Bala Bhatta Chandra Chak Dhar Ganesa Gopala Jaya Krishna Maha Nara Nav Padma Raja Rama Ravi Sada Sanka Selva Shanmuga Siva Sri Sub Thanga Vaithi
Vasu Vijaya Yoga Abdul Baksh Fazal Ghulam Habib Kari Mansur Nazir Qur Rash Shar Tanvir Waz Zul`),
		words(`charya krishnan kumar lingam murthy nathan raj rajan ratnam singam sundaram swamy varan yan devan kanthan moorthy nayagam puri eshi een ar`)},
	{words(`Abi Ade Adu Afo Aki Ama Ani Awo Ayo Baba Chi Chukwu Eke Eze Fas Gya Ibe Iwu Kwa Nna Nwa Obi Odu Ogun Ola Olu Omo Ono Opo Owu Oye Soye Tete Ugo`),
		words(`bayo biyi chi dele diran ebo femi gbade jimi kanmi koya lade mide muyiwa ndu nkwo nze ola rinde sanya segun sola tayo tunji wale wuyi yemi`)},
	{words(`Adam Bara Bog Cha Dob Gra Jab Jan Kal Kamin Kar Kow Kraw Kub Lewan Maj Mich Nowa Olsz Paw Pio Rut Sad Sik Szym Tom Urb Wal Wis Wro Zaj Zaw`),
		words(`czak czyk dowski ewicz ewski iak ik inski kiewicz kowski nski owicz owski rek szek cescu anu enko ova`)},
	{words(`Ak Alt Ars Ay Bay Boz Cet Dem Dog Er Gun Ka Kap Koc Oz Sa Tas Yil Christo Constan Deme Hadji Pana Papa Stav Theo`),
		words(`an bas can demir dag el gul ir kan lu maz oglu soy tekin ten turk yurt dou giou kis lides nidis poulos tou`)},
	{words(`Bao Cai Da Del De los Deng Dinh Du Fong Guo Han Ho Huang Jin Kwok Lai Leung Liang Luo Man Pham Qian Shen Sung Tan Tsang Vi Xu Yang Yeung Zhang Zheng Zhou`),
		words(`a ang en eng i in ito o ong os uan ue un`)},
}

// given names of England by when their bearers were born: before 1955, before 1990, since.
var cohorts = []struct{ girls, boys []string }{
	{words(`Margaret Jean Mary Joan Patricia Sheila Barbara Doreen June Shirley Dorothy Joyce Maureen Elizabeth Audrey Brenda Kathleen Sylvia Eileen Pamela
Betty Beryl Ann Irene Jacqueline Marjorie Hazel Valerie Rita Janet Christine Susan Linda Carol Jennifer Gillian Judith Marion Rosemary Edna Vera Edith
Phyllis Winifred Gladys Hilda Iris Norma Josephine Constance Muriel Freda Daphne Olive Nora Ethel Stella Ivy Evelyn Gwendoline Bridget Catherine`),
		words(`John Peter William David James Robert George Ronald Thomas Michael Kenneth Brian Dennis Raymond Alan Derek Arthur Frederick Leslie Charles
Donald Albert Harold Eric Roy Edward Gordon Stanley Norman Anthony Richard Joseph Ernest Reginald Roger Keith Colin Barry Geoffrey Malcolm Terence
Douglas Sidney Jack Frank Leonard Maurice Patrick Clifford Cyril Philip Christopher Bernard Walter Henry Graham Hugh Stephen Trevor Victor Wilfred`)},
	{words(`Susan Julie Karen Jacqueline Deborah Tracey Jane Helen Diane Sharon Tracy Angela Sarah Alison Caroline Amanda Sandra Linda Catherine Elizabeth
Carol Joanne Wendy Janet Dawn Christine Nicola Michelle Claire Emma Lisa Joanna Samantha Rachel Louise Victoria Rebecca Kelly Laura Gemma Lucy Anna
Natalie Kerry Katherine Zoe Hannah Jennifer Melanie Maria Leanne Stacey Donna Paula Heather Ruth Beverley Lorraine Maxine Marie Suzanne Clare Vanessa`),
		words(`David Paul Andrew Mark John Michael Stephen Ian Robert Richard Christopher Peter Simon Anthony Kevin Gary Steven Martin James Philip Alan Neil
Nigel Timothy Colin Graham Jonathan Nicholas William Adrian Brian Stuart Keith Matthew Daniel Darren Lee Jason Craig Adam Benjamin Thomas Gareth
Wayne Scott Dean Russell Justin Shaun Robin Sean Carl Barry Phillip Edward Patrick Duncan Marcus Alexander Joseph Luke Samuel Ryan Leon Gavin`)},
	{words(`Jessica Olivia Amelia Isla Ava Emily Sophie Grace Ella Mia Chloe Lucy Charlotte Lily Evie Poppy Ruby Freya Daisy Hannah Megan Bethany Lauren Holly
Georgia Alice Florence Sienna Phoebe Eva Millie Abigail Molly Erin Imogen Amber Jasmine Ellie Maisie Rosie Matilda Elsie Scarlett Ivy Willow Harriet Eleanor
Isabelle Bella Maya Zara Lola Bonnie Ada Aria Nia Esme Luna Orla Thea Robyn Niamh Summer Paige Jade Leah Eliza Anna Martha Heidi Lottie`),
		words(`Jack Oliver Thomas Harry James Joshua Charlie George William Jacob Noah Alfie Daniel Samuel Oscar Leo Muhammad Archie Joseph Max Ethan Lucas Logan
Henry Theo Freddie Arthur Adam Alexander Isaac Harrison Finley Dylan Luke Benjamin Riley Toby Jayden Hayden Kayden Aiden Mason Tyler Callum Connor Ryan Nathan Jake
Jamie Reuben Elliot Louis Edward Sebastian Zachary Tommy Teddy Ronnie Reggie Albie Jude Ezra Rory Finn Kai Ollie Caleb Blake Stanley Bobby`)},
}

// Further given names of the other heritages, beside those of heritages, in the same order (the first is England's).
var furtherGirls = [][]string{
	nil,
	words(`Aisling Áine Bernadette Clodagh Deirdre Dervla Eimear Fionnuala Maeve Noreen Oonagh Saoirse Bridget Eithne Mairéad Nuala`),
	words(`Angharad Bronwen Carys Elspeth Iona Isobel Kirsty Lorna Nerys Rhiannon Seonaid Mhairi Heather Ceri Morwenna`),
	words(`Amina Amira Anika Bhavna Farah Farida Hina Jaswinder Kiran Komal Manjit Maryam Nadia Naheed Neha Nisha Parveen Pooja Rabia Razia Reena Sadia Saima
Samina Sana Shabnam Shazia Simran Sumaiya Tahira Tasnim Uzma Vidya Yasmin Zara Zohra`),
	words(`Abiola Adenike Ama Bisi Blessing Bukola Comfort Esther Folake Funmi Grace Joy Kemi Mercy Ngozika Nkechi Oluchi Patience Ronke Sade Tolu Uche Yaa Comfort`),
	words(`Alina Anna Beata Bożena Dorota Elena Ewa Gabriela Irina Iwona Joanna Kinga Lenka Maria Monika Natalia Olga Renata Simona Wiktoria`),
	words(`Aylin Derya Ebru Emine Esra Fatma Hatice Irini Katerina Maria Melek Merve Nur Selin Sevgi Sofia Zeynep`),
	words(`Anh Cherry Grace Hong Jasmine Jing Joy Lan Linh Ling Ming Na Rosa Sakura Siu Ting Wing Yan Ying Yuen`),
}

var furtherBoys = [][]string{
	nil,
	words(`Aidan Brendan Brian Ciarán Colm Declan Dermot Diarmuid Donal Eamon Fergus Kevin Michael Niall Patrick Ronan`),
	words(`Aled Alun Angus Dylan Euan Evan Fergus Gareth Gwyn Iain Idris Lachlan Owain Rhodri Stuart Tomos`),
	words(`Abdul Aamir Ahmed Ali Anil Anwar Asif Ashok Ayaan Farhan Hamza Haroon Hassan Hussain Ibrahim Irfan Jagdeep Kamran Kiran Mahesh Manoj Mohammad Muhammad
Nadeem Naresh Omar Pradeep Rahul Rashid Ravi Sajid Salman Shahid Sunil Suresh Umar Usman Vikram Waqar Zain`),
	words(`Abdul Ade Akin Chinedu Chukwudi David Dele Ebenezer Emmanuel Gbenga Ike Joseph Kayode Kelechi Kwabena Kweku Michael Obinna Ola Samuel Segun Sola Tayo Uche`),
	words(`Adam Alexandru Bogdan Cristian Dariusz Filip Jakub Jan Krzysztof Marcin Marek Marius Mateusz Michał Piotr Sebastian Tomasz Vlad`),
	words(`Ali Burak Can Costas Deniz Emre George Hakan Hasan Hüseyin Ibrahim Mustafa Nikos Onur Panos Serkan Yannis`),
	words(`Anthony Chi Cheng Duc Hao Hung Jason Jose Jun Kai Kin Long Man Mark Tuan Wing Xin Yong`),
}

// petNames are given names and what their bearers are called, the last ones so that no table knows them.
var petNames = map[string][]string{
	"Margaret": words(`Maggie Peggy Meg Rita`), "Elizabeth": words(`Liz Beth Betty Lizzie Libby`), "Patricia": words(`Pat Trish Patsy`), "Susan": words(`Sue Susie`),
	"Catherine": words(`Cath Kate Cathy Katie`), "Katherine": words(`Kathy Kate Katie`), "Jennifer": words(`Jenny Jen`), "Christine": words(`Chris Chrissie`),
	"Jacqueline": words(`Jackie Jacqui`), "Deborah": words(`Debbie Deb`), "Barbara": words(`Barb Babs`), "Dorothy": words(`Dot Dolly`), "Pamela": words(`Pam`),
	"Kathleen": words(`Kath Kathy`), "Judith": words(`Judy Jude`), "Gillian": words(`Gill Jill`), "Josephine": words(`Jo Josie`), "Rebecca": words(`Becky Becca`),
	"Victoria": words(`Vicky Tori`), "Samantha": words(`Sam`), "Amanda": words(`Mandy`), "Angela": words(`Angie`), "Nicola": words(`Nicky Nikki`),
	"Abigail": words(`Abi Abbie`), "Charlotte": words(`Charlie Lottie`), "Jessica": words(`Jess`), "Olivia": words(`Liv Livvy`), "Isabelle": words(`Izzy Belle`),
	"Eleanor": words(`Ellie Nell`), "Matilda": words(`Tilly`), "Georgia": words(`Georgie`), "Joanne": words(`Jo`), "Joanna": words(`Jo`), "Valerie": words(`Val`),
	"Winifred": words(`Win Winnie`), "Gwendoline": words(`Gwen`), "Rosemary": words(`Rose Rosie`), "Florence": words(`Flo Florrie`), "Constance": words(`Connie`),
	"William": words(`Bill Will Billy`), "Robert": words(`Bob Rob Bobby`), "James": words(`Jim Jimmy Jamie`), "John": words(`Jack Johnny`), "Michael": words(`Mike Mick`),
	"David": words(`Dave Davey`), "Richard": words(`Rick Dick Richie`), "Thomas": words(`Tom Tommy`), "Anthony": words(`Tony`), "Christopher": words(`Chris Kit`),
	"Andrew": words(`Andy Drew`), "Stephen": words(`Steve`), "Steven": words(`Steve`), "Edward": words(`Ted Ed Eddie`), "Frederick": words(`Fred Freddie`),
	"Kenneth": words(`Ken`), "Ronald": words(`Ron Ronnie`), "Raymond": words(`Ray`), "Leonard": words(`Len Lenny`), "Albert": words(`Bert Bertie`),
	"Charles": words(`Charlie Chas`), "Joseph": words(`Joe`), "Daniel": words(`Dan Danny`), "Matthew": words(`Matt`), "Nicholas": words(`Nick`), "Philip": words(`Phil`),
	"Timothy": words(`Tim`), "Jonathan": words(`Jon`), "Benjamin": words(`Ben`), "Samuel": words(`Sam`), "Joshua": words(`Josh`), "Alexander": words(`Alex Sandy Xander`),
	"Reginald": words(`Reg`), "Stanley": words(`Stan`), "Terence": words(`Terry`), "Douglas": words(`Doug`), "Zachary": words(`Zac`), "Gregory": words(`Greg`),
	"Harold": words(`Harry`), "Arthur": words(`Art`), "Geoffrey": words(`Geoff`), "Donald": words(`Don`), "Henry": words(`Harry Hal`), "Patrick": words(`Paddy Pat`),
	"Mohammed": words(`Mo`), "Oliver": words(`Ollie`), "Katarzyna": words(`Kasia`), "Agnieszka": words(`Aga`), "Małgorzata": words(`Gosia`), "Krzysztof": words(`Kris`),
	"Funmi": words(`Funmilayo`), "Emmanuel": words(`Manny`), "Beryl": words(`Bez`), "Derek": words(`Dez`), "Keith": words(`Keefy`), "Sheila": words(`Shee`),
}

// similarTwins are names that parents gave to two children at once.
var similarTwins = [][2]string{
	{"Jayden", "Hayden"}, {"Ella", "Emma"}, {"Alice", "Alicia"}, {"Amina", "Amira"}, {"Jean", "Joan"}, {"Marcin", "Marek"}, {"Taiwo", "Kehinde"}, {"Maria", "Marie"},
	{"Olivia", "Sophia"}, {"Mia", "Maya"}, {"Ali", "Alia"}, {"Hassan", "Hussain"}, {"Daniel", "David"}, {"Christine", "Christina"}, {"Aiden", "Jayden"}, {"Isla", "Ella"},
	{"Sara", "Zara"}, {"Louis", "Lewin"}, {"Rosie", "Posy"}, {"Faith", "Hope"}, {"Jan", "Jana"}, {"Gemma", "Emma"}, {"Kayleigh", "Kelly"}, {"Lara", "Clara"},
	{"Ronnie", "Reggie"}, {"Nadia", "Nadira"}, {"Tahira", "Tahmina"}, {"Simran", "Simrit"}, {"Ravi", "Rahul"}, {"Adaeze", "Adaobi"}, {"Julia", "Julie"}, {"Carol", "Carolyn"},
}

// oneName are names of the lists that are one name, of which a family uses one.
var oneName = [][]string{
	words(`Philip Filip Phillip`), words(`Elizabeth Elżbieta Elsie Eliza Bethany Isabelle Bella`), words(`Yasmin Jasmin Jasmine`), words(`Jacob Jake Jakub`), words(`David Dafydd`),
	words(`Mohammed Muhammad Mohammad Mehmet Ahmet Ahmed`), words(`Margaret Małgorzata Mairéad Daisy`), words(`Mary Maria Máire Mairi Mhairi Marie Molly`), words(`Catherine Katherine Katarzyna Catrin Katerina`),
	words(`John Jan Ian Iain Jack Sean Seán Shaun Siôn Eoin Euan Ewan`), words(`Eleanor Eleni Elena Ellie Ella Helen Nora Nóra`), words(`Anna Ann Ioana Joanna Hannah Joan Jean Jane Janet`),
	words(`Alfie Freddie Alfred Frederick Albie Albert`), words(`Charles Charlie Charlotte Lottie`), words(`Oliver Ollie Olivia Olive`), words(`Andrew Andrei Andreea Andreas`), words(`Patrick Pádraig`),
	words(`James Séamus Jamie`), words(`Michael Michał Mihai`), words(`Alexander Alasdair Alexandru`), words(`Ayesha Ayşe`), words(`Fatima Fatma`), words(`Sarah Zara Sara Sally`), words(`Abiola Ola`),
	words(`Louis Lewis`), words(`Stephen Steven`), words(`Amina Ameena`), words(`Peter Piotr`), words(`Beverley Beverly`), words(`Rose Rosie Rosemary Róisín`), words(`Theo Teddy Theodore Edward`),
	words(`Caroline Carol Karen`), words(`Ava Eva Evie Ivy Eve Evelyn`), words(`Claire Clare`), words(`Sofia Zsófia Sophie`), words(`Natalie Natalia`), words(`Matthew Mateusz`), words(`Thomas Tomos Tomasz Tomáš Tommy`),
	words(`Joseph Yusuf Jose`), words(`Henry Harry Harriet Harrison Harold`), words(`Winifred Freda`), words(`Ronald Ronnie Veronica`), words(`Robert Robin Bobby Robyn`), words(`Reginald Reggie`),
	words(`Emily Millie`), words(`Rory Ruaridh`), words(`Harun Haroon`), words(`Mark Marcus`), words(`Nuala Fionnuala`), words(`Amy Ami`), words(`Suzanne Susan`), words(`Diane Dawn Diana`), words(`Lily Lola`), words(`Hassan Hasan`), words(`Sinéad Seonaid`), words(`Nicholas Nicola Nikos`),
}
