package demo

// heritage is a set of names that go together, and how common it is.
type heritage struct {
	weight                int
	families, girls, boys []string
}

// heritages are the names from which people are invented. They are ordinary names of people in and north of London; any likeness to a
// real person is chance.
var heritages = []heritage{
	{44,
		[]string{"Ashworth", "Barlow", "Bennett", "Brook", "Carter", "Chapman", "Clarke", "Cooper", "Dawson", "Ellis", "Fletcher", "Foster", "Gibbs",
			"Goodwin", "Hale", "Harding", "Hayward", "Hughes", "Ingram", "Jarvis", "Keating", "Lambert", "Marsh", "Nash", "Norton", "Osborne",
			"Palmer", "Pearce", "Quick", "Rowe", "Saunders", "Shepherd", "Smith", "Stone", "Thorne", "Underwood", "Vickers", "Ward", "Whitfield", "Yates"},
		[]string{"Abigail", "Alice", "Amelia", "Beryl", "Charlotte", "Chloë", "Daisy", "Doreen", "Edith", "Eleanor", "Emily", "Florence", "Grace",
			"Hannah", "Isla", "Jean", "Joan", "Katherine", "Lily", "Margaret", "Mary-Ann", "Olivia", "Phoebe", "Renée", "Rosemary", "Sheila", "Sophie", "Zoë"},
		[]string{"Albert", "Alfie", "Arthur", "Barry", "Charlie", "Daniel", "Derek", "Edward", "Frank", "George", "Harry", "Jack", "James",
			"Keith", "Leo", "Maurice", "Noah", "Oliver", "Peter", "Raymond", "Reginald", "Samuel", "Stanley", "Theo", "Thomas", "William"}},
	{9,
		[]string{"O'Brien", "O'Connor", "O'Sullivan", "Byrne", "Gallagher", "Kavanagh", "McCarthy", "Ní Bhriain", "Ó Dónaill", "Doyle", "Fitzgerald", "D'Arcy"},
		[]string{"Aoife", "Bríd", "Caoimhe", "Ciara", "Máire", "Niamh", "Nóra", "Orlaith", "Róisín", "Siobhán", "Sinéad", "Gráinne"},
		[]string{"Cillian", "Conor", "Dónal", "Eoin", "Fionn", "Oisín", "Pádraig", "Rory", "Séamus", "Seán", "Tadhg", "Liam"}},
	{6,
		[]string{"MacDonald", "McKenzie", "Campbell", "Lindsay-Hay", "Fraser", "Sinclair", "Urquhart", "Davies", "Llewellyn", "ap Rhys", "Prosser", "Gwynne"},
		[]string{"Ailsa", "Catrin", "Eilidh", "Ffion", "Fiona", "Lowri", "Mairi", "Megan", "Morag", "Siân", "Shona", "Gwenllian"},
		[]string{"Alasdair", "Callum", "Dafydd", "Emrys", "Ewan", "Gethin", "Hamish", "Huw", "Iolo", "Rhys", "Ruaridh", "Siôn"}},
	{14,
		[]string{"Ahmed", "Begum", "Chaudhry", "Desai", "Gill", "Hussain", "Iyer", "Kaur", "Khan", "Malik", "Mukherjee", "Nair", "Patel", "Rahman",
			"Shah", "Sharma", "Sidhu", "Sivakumar", "Thevarajah", "Uddin"},
		[]string{"Aaliyah", "Ameena", "Anjali", "Ayesha", "Deepa", "Fatima", "Harpreet", "Jasmin", "Kavitha", "Lakshmi", "Meera", "Nasreen", "Priya", "Rukhsana", "Sunita", "Zainab"},
		[]string{"Amir", "Arjun", "Bilal", "Dilip", "Faisal", "Gurpreet", "Harun", "Imran", "Jaspal", "Karthik", "Mohammed", "Naveen", "Rajesh", "Sanjay", "Tariq", "Yusuf"}},
	{11,
		[]string{"Adébáyọ̀", "Adeyemi", "Afolabi", "Asante", "Boateng", "Campbell-Wright", "Chukwu", "Danso", "Eze", "Grant", "Kamara", "Mensah", "Nwosu",
			"Okafor", "Olúwaṣeun", "Osei", "Powell", "Sesay", "Thompson", "Williams"},
		[]string{"Abena", "Adaeze", "Akosua", "Beverley", "Chidinma", "Efua", "Folásadé", "Gloria", "Ifeoma", "Marcia", "Ngozi", "Ọmọlará", "Precious", "Shanice", "Yetunde", "Zuri"},
		[]string{"Ayo", "Babajide", "Chidi", "Delroy", "Emeka", "Femi", "Isaiah", "Kofi", "Kwame", "Leroy", "Malachi", "Nnamdi", "Ọlá", "Tunde", "Winston", "Yaw"}},
	{7,
		[]string{"Kowalski", "Nowak", "Wójcik", "Zieliński", "Dąbrowska", "Popescu", "Ionescu", "Ștefănescu", "Kazlauskas", "Horváth", "Novák", "Shevchenko"},
		[]string{"Agnieszka", "Andreea", "Elżbieta", "Ioana", "Katarzyna", "Małgorzata", "Oksana", "Rūta", "Zsófia", "Žaneta"},
		[]string{"Andrei", "Bartosz", "Grzegorz", "Łukasz", "Mihai", "Paweł", "Răzvan", "Tomáš", "Wojciech", "Zoltán"}},
	{5,
		[]string{"Aydın", "Çelik", "Demir", "Öztürk", "Şahin", "Yıldız", "Georgiou", "Papadopoulos", "Hadjigeorgiou", "Barzani"},
		[]string{"Ayşe", "Elif", "Gülşen", "Eleni", "Zehra", "Despina", "Özlem", "Shilan"},
		[]string{"Ahmet", "Kerem", "Mehmet", "Andreas", "Stelios", "Ömer", "Rizgar", "Uğur"}},
	{4,
		[]string{"Chan", "Chen", "Lam", "Ng", "Nguyễn", "Trần", "Wong", "Santos", "Reyes", "dela Cruz", "Tanaka", "Park"},
		[]string{"Li-Na", "Mei Ling", "Wai Yin", "Thị Hoa", "Maricel", "Yuki", "Soo-ah", "Xiaoyan"},
		[]string{"Ka Ho", "Jian", "Wei", "Minh", "Jun-ho", "Rodel", "Kenji", "Siu Ming"}},
}

// heritageWeights are the weights of heritages, in the same order.
var heritageWeights = func() []int {
	weights := make([]int, len(heritages))
	for i, h := range heritages {
		weights[i] = h.weight
	}
	return weights
}()

// places are towns whose people come to the four hospitals of the demo, with the first half of a postcode there.
var places = []struct{ town, outward string }{
	{"Harlow", "CM17"}, {"Harlow", "CM18"}, {"Harlow", "CM19"}, {"Harlow", "CM20"}, {"Epping", "CM16"}, {"Bishop's Stortford", "CM23"},
	{"Sawbridgeworth", "CM21"}, {"Hoddesdon", "EN11"}, {"Loughton", "IG10"}, {"Waltham Abbey", "EN9"},
	{"Watford", "WD17"}, {"Watford", "WD18"}, {"Watford", "WD24"}, {"Rickmansworth", "WD3"}, {"Hemel Hempstead", "HP1"}, {"St Albans", "AL1"},
	{"Borehamwood", "WD6"}, {"Harpenden", "AL5"},
	{"Stevenage", "SG1"}, {"Stevenage", "SG2"}, {"Hitchin", "SG4"}, {"Letchworth", "SG6"}, {"Welwyn Garden City", "AL7"}, {"Hertford", "SG14"},
	{"Royston", "SG8"}, {"Hatfield", "AL10"},
	{"Chelmsford", "CM1"}, {"Chelmsford", "CM2"}, {"Braintree", "CM7"}, {"Witham", "CM8"}, {"Maldon", "CM9"},
}

// streets are invented, though most towns have one of them.
var streets = []string{
	"Acorn Lane", "Alder Close", "Barley Croft", "Beech Avenue", "Bluebell Way", "Bramble Rise", "Canal Walk", "Chantry Road", "Church End",
	"Copse Hill", "Drovers Way", "Elm Gardens", "Fieldfare Road", "Fuller's Mead", "Glebe Road", "Hawthorn Drive", "Hollybush Lane", "Jubilee Terrace",
	"King's Mead", "Lark Rise", "Lime Grove", "Maltings Yard", "Meadow View", "Mill Lane", "Northfield", "Oak Tree Close", "Orchard Street",
	"Parsonage Lane", "Quarry Spring", "River Court", "Rosemary Walk", "School Lane", "St Mary's Road", "Station Approach", "Tanners Hill", "Tye Green",
	"Vicarage Close", "Weavers Row", "Willow Bank", "Wren Street",
}
