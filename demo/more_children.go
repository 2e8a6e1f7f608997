package demo

import "time"

// moreOfChildren is what the plans of Great Ormond Street say beside their steps.
func moreOfChildren() map[string]More {
	return map[string]More{
		"demo-adrenal-crisis-child": {
			Give: []Medicine{{"Hydrocortisone", "50 mg IM or IV at once"}, {"10% glucose", "2 ml/kg IV if glucose is below 3 mmol/L"}},
			Takes: []Medicine{
				{"Hydrocortisone", "4 mg, 2.5 mg and 2.5 mg a day; doubled when she has a fever"}, {"Fludrocortisone", "100 micrograms in the morning"},
				{"Sodium chloride 30%", "4 ml three times a day"},
			},
			Equipment: []string{"Emergency injection kit, with her mother"},
			Carers:    []Carer{{"Chidinma Okafor", "Mother", "07700 900411"}},
			About:     [][2]string{{"What matters to me", "My rabbit Biscuit comes everywhere. I am brave if you count to three."}},
			ReviewDue: day(2027, time.March, 14),
		},
		"demo-mcadd": {
			Give:      []Medicine{{"10% glucose", "2 ml/kg IV, then 5 ml/kg/hour with 0.45% sodium chloride"}},
			Avoid:     []Medicine{{"Intravenous lipid", "He cannot use it."}, {"Aspirin", "Encephalopathy."}},
			Carers:    []Carer{{"Marta Nowak", "Mother", "07700 900412"}, {"James Whitfield", "Father", "07700 900413"}},
			ReviewDue: day(2027, time.February, 3),
		},
		"demo-melas": {
			Allergies: []Allergy{{To: "Co-amoxiclav", Reaction: "Rash"}},
			Give:      []Medicine{{"10% glucose with 0.9% sodium chloride", "at maintenance while not eating"}, {"Buccal midazolam", "10 mg for a seizure over 5 minutes"}},
			Takes:     []Medicine{{"Levetiracetam", "750 mg twice a day"}, {"Ubidecarenone", "200 mg twice a day"}, {"Enalapril", "5 mg once a day"}},
			Avoid: []Medicine{
				{"Sodium valproate", "Liver failure in mitochondrial disease."}, {"Metformin", "Lactic acidosis."}, {"Linezolid", "Lactic acidosis."},
			},
			Equipment:     []string{"Hearing aids on both sides: spare batteries in her bag"},
			Communication: []string{"Face her and speak clearly; write key words."},
			Carers:        []Carer{{"Meena Sivakumar", "Mother", "07700 900414"}},
			ReviewDue:     day(2027, time.April, 19),
		},
		"demo-haemophilia-inhibitor": {
			Give:      []Medicine{{"Recombinant factor VIIa", "90 micrograms/kg IV at once"}, {"Tranexamic acid", "15 mg/kg by mouth for a mouth or nose bleed"}},
			Takes:     []Medicine{{"Emicizumab", "3 mg/kg under the skin every two weeks"}},
			Avoid:     []Medicine{{"Activated prothrombin complex (FEIBA)", "Thrombotic microangiopathy with emicizumab."}, {"Ibuprofen", "He bleeds."}, {"Aspirin", "He bleeds."}},
			Carers:    []Carer{{"Niamh D'Arcy", "Mother", "07700 900415"}},
			ReviewDue: day(2026, time.December, 10),
		},
		"demo-tracheostomy": {
			Allergies:     []Allergy{{To: "Latex", Reaction: "Wheeze", Severe: true}},
			Equipment:     []string{"Tracheostomy tube 3.5 mm uncuffed, neonatal length", "Box with spare tubes 3.5 and 3.0, tapes, suction catheters size 8", "Ventilator at night: Trilogy, settings on its side"},
			Communication: []string{"He signs: pointing to his neck means suction."},
			Carers:        []Carer{{"Shabnam Rahman", "Mother, changes the tube", "07700 900416"}, {"Imran Rahman", "Father, changes the tube", "07700 900417"}},
			Ceiling:       "full-treatment",
			About:         [][2]string{{"What matters to me", "I like the lights on the ambulance. Please do not take my blanket away."}},
			ReviewDue:     day(2027, time.April, 5),
			Files:         []File{{"Airway: the way from the mouth is closed", "image/png", airwayDrawing()}},
		},
		"demo-long-qt": {
			Give:  []Medicine{{"Magnesium sulfate", "2 g IV over 10 minutes for torsades de pointes"}, {"Cyclizine", "50 mg slowly for sickness, on a monitor"}},
			Takes: []Medicine{{"Nadolol", "60 mg once a day"}},
			Avoid: []Medicine{
				{"Ondansetron", "Prolongs the QT interval."}, {"Clarithromycin", "Prolongs the QT interval."}, {"Haloperidol", "Prolongs the QT interval."},
				{"Amiodarone", "Prolongs the QT interval."},
			},
			Carers:    []Carer{{"Ilona Kowalski", "Mother", "07700 900418"}},
			ReviewDue: day(2027, time.May, 11),
		},
		"demo-dravet": {
			Allergies: []Allergy{{To: "Amoxicillin", Reaction: "Urticaria"}},
			Give:      []Medicine{{"Buccal midazolam", "7.5 mg at 5 minutes"}, {"Levetiracetam", "40 mg/kg IV, at most 3 g, over 5 minutes"}},
			Takes:     []Medicine{{"Sodium valproate", "300 mg twice a day"}, {"Clobazam", "5 mg twice a day"}, {"Stiripentol", "500 mg twice a day"}},
			Avoid:     []Medicine{{"Phenytoin", "Makes the seizures worse."}, {"Carbamazepine", "Makes the seizures worse."}, {"Lamotrigine", "Makes the seizures worse."}},
			Communication: []string{
				"He does not speak. Pain shows as biting his hand.",
			},
			Carers:    []Carer{{"Vikram Shah", "Father", "07700 900419"}},
			ReviewDue: day(2027, time.January, 8),
		},
		"demo-communication": {
			Communication: []string{"Signs Makaton; the app on her tablet speaks for her.", "Say what you will do before you touch her, in few words."},
			Equipment:     []string{"Tablet with her speech app: keep it charged", "Ear defenders, in the red folder's bag"},
			Carers:        []Carer{{"Defne Çelik", "Mother", "07700 900420"}},
			About: [][2]string{
				{"About me", "I am Elif. I love trains, swings and my sister. I do not like beeping, crowds or needles."},
				{"How to help me when I am anxious", "Let me rock. Put my blanket over my knees. Let Mum tell me what happens next with the pictures."},
				{"What I eat and drink", "Plain pasta, toast, milk from my own cup. Nothing mixed."},
			},
			ReviewDue: day(2026, time.September, 30),
		},
	}
}
