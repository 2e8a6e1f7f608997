package demo

import "time"

func plansOfUniversityCollege() []Plan {
	return []Plan{
		{
			ID: "demo-adrenal-crisis", Centre: "RRV", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "O'Sullivan", Given: "Máire", Born: day(1971, time.October, 4), Sex: "female", Line: "26 Wren Street", Town: "Epping", Postcode: "CM16 4AY"},
			Headline:   "Give hydrocortisone 100 mg IM or IV at once; never delay for tests",
			Background: "Addison's disease and hypothyroidism. Takes hydrocortisone 10 + 5 + 5 mg and fludrocortisone. Adrenal crisis in 2023 and 2025, both after vomiting.",
			Do: []string{
				"Vomiting, fever, injury, collapse or low blood pressure: hydrocortisone 100 mg IM or IV at once.",
				"0.9% sodium chloride 1 litre over the first hour, then by blood pressure.",
				"Then hydrocortisone 200 mg over 24 hours by infusion, or 50 mg IM or IV every 6 hours.",
				"Sodium, potassium, glucose; look for infection. Keep on the infusion until eating and drinking.",
			},
			DoNot: []string{
				"Do not wait for cortisol, sodium or a scan before the first dose.",
				"Do not stop or halve steroids for any reason without the endocrine team.",
			},
			Notes: []string{"Wears a medical alert bracelet and carries an injection kit.", "Allergic to trimethoprim: rash."},
			Team:  "Endocrinology", Author: "Dr Anil Deshmukh, consultant endocrinologist", Phone: "020 7946 0421",
			Reviewed: day(2026, time.September, 2),
		},
		{
			ID: "demo-urea-cycle", Centre: "RRV", Home: "RWH", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Papadopoulos", Given: "Eleni", Born: day(1994, time.June, 15), Sex: "female", Line: "9 Weavers Row", Town: "Stevenage", Postcode: "SG1 3TN"},
			Headline:   "Urea cycle defect: ammonia NOW, stop protein, 10% glucose IV at once; confusion is metabolic until shown otherwise",
			Background: "Ornithine transcarbamylase deficiency. Protein-restricted diet, sodium phenylbutyrate, arginine. Ammonia of 380 with confusion in 2024, taken for intoxication.",
			Do: []string{
				"Ammonia at once: free-flowing blood, on ice, to the laboratory within 15 minutes. Blood gas, glucose.",
				"Without waiting: 10% glucose at 2 ml/kg/hour through a large vein, with sodium and potassium.",
				"Ammonia above 100 micromol/L or drowsy: call us at once for sodium benzoate, phenylbutyrate and arginine IV.",
				"Above 400, or falling consciousness: critical care and haemofiltration now.",
			},
			DoNot: []string{
				"Do not give sodium valproate or corticosteroids.",
				"Do not keep off protein longer than 48 hours without our dietitian.",
				"Do not discharge on a normal ammonia if she is not herself.",
			},
			Notes: []string{"When her ammonia rises she giggles and slurs: it is not alcohol."},
			Team:  "Adult inherited metabolic disease", Author: "Dr Charlotte Nguyễn, consultant in metabolic medicine", Phone: "020 7946 0422",
			Reviewed: day(2026, time.November, 2),
		},
		{
			ID: "demo-epilepsy-vns", Centre: "RRV", Home: "RWG", Category: emergencyPlan, Priority: MediumPriority,
			Patient:    Person{Family: "Hale", Given: "Dafydd", Born: day(1988, time.August, 21), Sex: "male", Line: "61 Canal Walk", Town: "Rickmansworth", Postcode: "WD3 1QU"},
			Headline:   "Epilepsy with rescue plan: VNS magnet, lorazepam 4 mg, then levetiracetam 60 mg/kg; clusters end by themselves",
			Background: "Drug-resistant focal epilepsy with vagus nerve stimulator (left chest). Usual: clusters of 3 to 5 short seizures. Never intubate for a usual cluster.",
			Do: []string{
				"Swipe the magnet (on his wrist) over the left chest at the start of a seizure.",
				"Tonic-clonic seizure over 5 minutes: lorazepam 4 mg IV, or buccal midazolam 10 mg; once more after 10 minutes.",
				"Then levetiracetam 60 mg/kg IV (at most 4.5 g) over 10 minutes.",
				"Check that his evening doses were taken; give the missed ones.",
			},
			DoNot: []string{
				"Do not give phenytoin: severe rash in 2009.",
				"Do not book MRI without switching the stimulator off; call the centre.",
			},
			Notes: []string{"Afterwards he may be confused and push people away for 20 minutes: give room, lower voices, no restraint."},
			Team:  "Epilepsy, National Hospital for Neurology and Neurosurgery", Author: "Dr Olúwaṣeun Adeyemi, consultant neurologist", Phone: "020 7946 0423",
			Reviewed: day(2026, time.April, 17),
		},
		{
			ID: "demo-respect-cancer", Centre: "RRV", Home: "RQW", Category: respectForm, Priority: MediumPriority, Flags: []Concept{notForCPR},
			Patient:    Person{Family: "Goodwin", Given: "Reginald", Born: day(1947, time.February, 12), Sex: "male", Line: "2 Chantry Road", Town: "Harlow", Postcode: "CM17 9QX"},
			Headline:   "ReSPECT: not for CPR or intensive care; treat what is reversible in hospital; comfort matters most to him",
			Background: "Pancreatic cancer with liver metastases, biliary stent. Recommendations made with him and his wife on 6 October 2026; he has capacity.",
			Do: []string{
				"Fever or jaundice: he wants antibiotics and, if it helps, a new stent. Cultures, piperacillin with tazobactam by local guideline.",
				"Pain or breathlessness: oxycodone 5 mg by mouth or 2.5 mg under the skin, repeat after an hour; his usual is 20 mg twice a day.",
				"Call the palliative care team when he arrives: they can arrange the hospice the same day.",
			},
			DoNot: []string{
				"Not for attempted cardiopulmonary resuscitation.",
				"Not for intubation, intensive care or dialysis.",
			},
			Notes: []string{"His wife Jean holds lasting power of attorney for health. He wishes to die at the hospice or at home."},
			Team:  "Palliative care", Author: "Dr Fiona MacDonald, consultant in palliative medicine", Phone: "020 7946 0424",
			Reviewed: day(2026, time.October, 6),
		},
	}
}

func plansOfRoyalFree() []Plan {
	return []Plan{
		{
			ID: "demo-liver-transplant", Centre: "RAL", Home: "RQW", Category: emergencyPlan, Priority: MediumPriority,
			Patient:    Person{Family: "Öztürk", Given: "Kerem", Born: day(1969, time.May, 25), Sex: "male", Line: "17 Drovers Way", Town: "Hoddesdon", Postcode: "EN11 8LP"},
			Headline:   "Liver transplant 2024, immunosuppressed: fever is an emergency; never stop tacrolimus; no clarithromycin, no NSAIDs",
			Background: "Liver transplant in March 2024 for primary sclerosing cholangitis. Tacrolimus, mycophenolate, prednisolone 5 mg. Biliary stricture stented twice.",
			Do: []string{
				"Fever or rigors: sepsis bundle within the hour, cultures, antibiotic by local guideline for the immunosuppressed; think of cholangitis.",
				"Liver function, clotting, tacrolimus level before the next dose, CMV PCR.",
				"Vomiting: give hydrocortisone 50 mg IV every 6 hours in place of prednisolone, and ask us about tacrolimus by another route.",
				"Rising bilirubin: ultrasound with Doppler the same day and call the transplant registrar.",
			},
			DoNot: []string{
				"Do not stop or miss tacrolimus.",
				"Do not give clarithromycin, erythromycin, fluconazole, rifampicin or carbamazepine without a call: they change tacrolimus.",
				"Do not give NSAIDs or live vaccines.",
			},
			Notes: []string{"CMV negative, irradiated blood not needed. Speaks Turkish; English is enough for everyday matters."},
			Team:  "Hepatology and liver transplantation", Author: "Prof. Barbara Lindqvist, consultant hepatologist", Phone: "020 7946 0431",
			Reviewed: day(2026, time.August, 27),
		},
		{
			ID: "demo-pulmonary-hypertension", Centre: "RAL", Home: "RWG", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Boateng", Given: "Akosua", Born: day(1983, time.September, 19), Sex: "female", Line: "33 Orchard Street", Town: "St Albans", Postcode: "AL1 4JZ"},
			Headline:   "Pulmonary hypertension on an epoprostenol pump: NEVER stop the infusion, not even for minutes; no large fluid boluses",
			Background: "Idiopathic pulmonary arterial hypertension. Epoprostenol through a Hickman line by a portable pump; half-life of minutes.",
			Do: []string{
				"Pump or line failed: start epoprostenol at the same rate (on her pump and card) through any vein, at once.",
				"Oxygen to keep saturation above 92%. ECG, troponin, BNP, bedside echo of the right heart.",
				"Low blood pressure: 250 ml at most, then noradrenaline early. New atrial flutter: cardioversion, call us.",
				"Fever: culture the Hickman line and cover staphylococci, and leave the line in until a second route runs.",
			},
			DoNot: []string{
				"Do not flush or take blood from the Hickman line: a bolus of epoprostenol can stop the heart.",
				"Do not intubate without speaking to us, if there is any choice.",
				"Do not give calcium channel blockers or beta blockers for the tachycardia.",
			},
			Notes: []string{"Her partner and her rucksack hold a spare pump, cassettes and mixing instructions."},
			Team:  "National pulmonary hypertension service", Author: "Dr Declan Byrne, consultant respiratory physician", Phone: "020 7946 0432",
			Reviewed: day(2026, time.October, 28),
		},
		{
			ID: "demo-angioedema", Centre: "RAL", Home: "RWG", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Pearce", Given: "Chloë", Born: day(1999, time.January, 8), Sex: "female", Line: "54 Hawthorn Drive", Town: "Hemel Hempstead", Postcode: "HP1 2RG"},
			Headline:   "Hereditary angioedema: throat swelling needs icatibant 30 mg SC or C1 inhibitor now; adrenaline does not work",
			Background: "Hereditary angioedema type 1 (C1 inhibitor deficiency). Attacks of belly pain mimic an acute abdomen; intubated once for laryngeal swelling.",
			Do: []string{
				"Voice change, tongue or throat: resuscitation room, anaesthetist and ENT now.",
				"Icatibant 30 mg under the skin (she carries two), or C1 inhibitor concentrate 20 units/kg IV. Repeat icatibant after 6 hours if needed.",
				"No icatibant and no C1 inhibitor in the house: fresh frozen plasma, two units, and call us.",
				"Belly attack: the same treatment, fluids, pain relief; image before any operation.",
			},
			DoNot: []string{
				"Do not rely on adrenaline, steroids or antihistamines.",
				"Do not give ACE inhibitors or oestrogen-containing contraceptives.",
			},
			Notes: []string{"Swelling may start slowly and close the airway within the hour: keep her where she is seen."},
			Team:  "Clinical immunology", Author: "Dr Nasreen Chaudhry, consultant immunologist", Phone: "020 7946 0433",
			Reviewed: day(2026, time.July, 16),
		},
	}
}

func plansOfKings() []Plan {
	return []Plan{
		{
			ID: "demo-sickle-cell", Centre: "RJZ", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:  Person{Family: "Adébáyọ̀", Given: "Folásadé", Born: day(1997, time.November, 30), Sex: "female", Line: "8 Bluebell Way", Town: "Harlow", Postcode: "CM20 1FS"},
			Headline: "Sickle cell crisis: pain relief within 30 minutes as below; chest pain or saturation under 95%: call King's at once",
			Background: "Sickle cell disease (HbSS) with severe crises; acute chest syndrome in 2022 and 2024. Baseline haemoglobin 78 g/L, saturation 97%. " +
				"Red cell antibodies: anti-S.",
			Do: []string{
				"Morphine 7.5 mg under the skin within 30 minutes of arrival; reassess every 30 minutes and repeat 5 mg until the pain is controlled.",
				"Paracetamol 1 g, ibuprofen 400 mg with food, laxative, cyclizine if sick. Monitor sedation and saturation.",
				"Full blood count, reticulocytes, group and save (tell the laboratory: sickle cell, anti-S; Rh and Kell matched), chest X-ray if any chest sign.",
				"Oxygen if below 95%. Chest signs, falling saturation, new weakness or a spleen that grows: call the haematology registrar now.",
			},
			DoNot: []string{
				"Do not give pethidine.",
				"Do not question or delay opioids: her usual dose is written here.",
				"Do not transfuse without speaking to us, unless she is dying.",
			},
			Notes: []string{"She knows her illness well. Warmth and a side room help.", "Deferasirox and hydroxycarbamide at night."},
			Team:  "Haematology, red cell service", Author: "Dr Josephine Grant, consultant haematologist", Phone: "020 7946 0441",
			Reviewed: day(2026, time.September, 25),
		},
		{
			ID: "demo-variceal-bleed", Centre: "RJZ", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Headline:   "Oesophageal varices (portal vein clot): vomiting blood needs terlipressin 2 mg and antibiotic at once; no NSAIDs",
			Background: "Portal hypertension from a clot in the portal vein. Varices banded in January and July 2026. Usual haemoglobin 94 g/L, platelets 52.",
			Do: []string{
				"Blood or black stool: resuscitation room, two large cannulas, cross-match 4 units.",
				"Terlipressin 2 mg IV, then every 6 hours; ceftriaxone 2 g IV; vitamin K 10 mg IV.",
				"Transfuse to 70 to 80 g/L, not above. Call the endoscopist of your hospital and our liver registrar together.",
				"Confused: lactulose, look for bleeding and infection.",
			},
			DoNot: []string{
				"Do not over-transfuse: it raises the pressure in the varices.",
				"Do not give NSAIDs, and no intramuscular injections.",
				"Do not tap ascites without platelets and clotting known.",
			},
			Notes: []string{"He lives with his wife, who knows the signs of bleeding."},
			Team:  "Liver unit", Author: "Dr Rajesh Iyer, consultant hepatologist", Phone: "020 7946 0442",
			Reviewed: day(2026, time.August, 12),
		},
		{
			ID: "demo-motor-neurone", Centre: "RJZ", Home: "RAJ", Category: respectForm, Priority: MediumPriority,
			Patient:    Person{Family: "Keating", Given: "Rosemary", Born: day(1958, time.December, 17), Sex: "female", Line: "19 Quarry Spring", Town: "Braintree", Postcode: "CM7 3NA"},
			Headline:   "Motor neurone disease on home NIV: continue her own ventilator; oxygen alone is dangerous; see ReSPECT inside",
			Background: "Motor neurone disease, respiratory muscles weak; home ventilator 14 hours a day. Speaks with an eye-gaze tablet. Her mind is entirely clear.",
			Do: []string{
				"Breathless: her own mask and ventilator at once (settings on the side of it), then look for sputum, pneumonia, a misplaced mask.",
				"Cough assist machine, suction, nebulised saline. Target saturation 88 to 92%, with ventilation.",
				"Distress: morphine 2.5 mg by tube, lorazepam 0.5 mg under the tongue.",
				"Ask her: she wants full treatment on the ward and NIV.",
			},
			DoNot: []string{
				"Do not give oxygen without ventilation: she stops breathing.",
				"Do not lay her flat.",
				"Not for intubation or tracheostomy, by her own advance decision of 2 March 2026.",
			},
			Notes: []string{"Feeding tube (PEG). Her husband Alan interprets when the tablet fails: blink once for yes."},
			Team:  "Motor neurone disease care centre", Author: "Dr Efua Asante, consultant neurologist", Phone: "020 7946 0443",
			Reviewed: day(2026, time.June, 9),
		},
	}
}

func plansOfOrthopaedic() []Plan {
	return []Plan{
		{
			ID: "demo-autonomic-dysreflexia", Centre: "RAN", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Ellis", Given: "Winston", Born: day(1976, time.July, 7), Sex: "male", Line: "30 Meadow View", Town: "Loughton", Postcode: "IG10 2HX"},
			Headline:   "Spinal injury T4: headache with high BP is autonomic dysreflexia; sit up, empty the bladder, then nifedipine 10 mg",
			Background: "Complete spinal cord injury at T4 (2014). Usual blood pressure 95/60, so 140/90 is already high for him. Suprapubic catheter.",
			Do: []string{
				"Sit him upright with legs down; loosen clothes, belt and leg bag.",
				"Catheter: unkink, flush, change it with lidocaine gel. Then bowel, skin, fracture, ingrown nail.",
				"Systolic above 150 after that: nifedipine 10 mg, bite and swallow, or GTN spray two puffs; repeat after 20 minutes.",
				"Blood pressure every 3 minutes until 30 minutes after it has settled.",
			},
			DoNot: []string{
				"Do not lay him flat.",
				"Do not give GTN within 24 hours of sildenafil (he uses it): nifedipine instead.",
				"Do not leave on a hard trolley: turn every 2 hours, pressure mattress from arrival.",
			},
			Notes: []string{"No pain below the chest: fractures, blocked bowel and sepsis come without pain. Scan early."},
			Team:  "London spinal cord injury centre", Author: "Mr Stelios Georgiou, consultant spinal surgeon", Phone: "020 7946 0451",
			Reviewed: day(2026, time.May, 28),
		},
		{
			ID: "demo-brittle-bones", Centre: "RAN", Home: "RWH", Category: emergencyPlan, Priority: MediumPriority,
			Patient:    Person{Family: "Ní Bhriain", Given: "Orlaith", Born: day(2003, time.October, 13), Sex: "female", Line: "45 Mill Lane", Town: "Welwyn Garden City", Postcode: "AL7 3UD"},
			Headline:   "Osteogenesis imperfecta and basilar invagination: handle gently, neck neutral, no cuff on the left arm",
			Background: "Osteogenesis imperfecta type 3; over 60 fractures; rods in both femora and the left humerus; basilar invagination, being watched.",
			Do: []string{
				"Believe her when she says it is broken. Splint as found, X-ray, pain relief first (intranasal fentanyl 1.5 micrograms/kg).",
				"Move her only with her own slide sheet, and let her direct it.",
				"New headache, choking, double vision or weak legs: MRI of the skull base, call the spinal registrar the same hour.",
				"Airway: neck neutral, videolaryngoscope, most senior anaesthetist.",
			},
			DoNot: []string{
				"Do not extend or rotate the neck.",
				"Do not use an automatic cuff on the left arm or lift under the arms.",
				"Do not plaster without a call: splint and refer.",
			},
			Notes: []string{"Height 98 cm, weight 31 kg: dose by weight. Zoledronate in September 2026."},
			Team:  "Skeletal dysplasia service", Author: "Ms Yetunde Afolabi, consultant orthopaedic surgeon", Phone: "020 7946 0452",
			Reviewed: day(2026, time.October, 12),
		},
	}
}
