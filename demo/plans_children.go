package demo

import "time"

func plansOfGreatOrmondStreet() []Plan {
	return append(childrenInShock(), childrenWithOtherPlans()...)
}

// childrenInShock are the plans of Great Ormond Street whose first step is a drug or an infusion.
func childrenInShock() []Plan {
	return []Plan{
		{
			ID: "demo-adrenal-crisis-child", Centre: "RP4", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:  Person{Family: "Okafor", Given: "Adaeze", Born: day(2022, time.March, 9), Sex: "female", Line: "14 Copse Hill", Town: "Harlow", Postcode: "CM18 7QT"},
			Headline: "Adrenal crisis: give hydrocortisone 50 mg IM or IV at once if unwell; never delay for tests",
			Background: "Congenital adrenal hyperplasia, salt-losing. Depends on hydrocortisone and fludrocortisone. Vomiting, fever or drowsiness can become " +
				"circulatory collapse within hours. Twice in intensive care.",
			Do: []string{
				"Hydrocortisone 50 mg IM or IV at once, before bloods and before a bed is found. Parents may have given the same dose already: give it again if in doubt.",
				"Glucose, sodium, potassium and blood gas at the bedside.",
				"Glucose below 3 mmol/L: 10% glucose 2 ml/kg IV, then recheck after 15 minutes.",
				"Shocked: 0.9% sodium chloride 10 ml/kg, reassess, repeat as needed.",
				"Then hydrocortisone 12.5 mg IV every 6 hours with maintenance 0.9% sodium chloride in 5% glucose.",
			},
			DoNot: []string{
				"Do not wait for results, a senior review or an early warning score before the first dose.",
				"Do not send home after one dose, even if she looks well: observe at least 12 hours.",
			},
			Notes: []string{
				"Her mother carries an emergency kit and a steroid card, and is trained to inject.",
				"A normal sodium does not rule out a crisis.",
			},
			Team: "Paediatric endocrinology", Author: "Dr Helen Marchetti, consultant paediatric endocrinologist", Phone: "020 7946 0411",
			Reviewed: day(2026, time.September, 14),
		},
		{
			ID: "demo-mcadd", Centre: "RP4", Home: "RWH", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Whitfield-Nowak", Given: "Theo", Born: day(2024, time.November, 2), Sex: "male", Line: "3 Lark Rise", Town: "Hitchin", Postcode: "SG4 9RB"},
			Headline:   "MCADD: vomiting or drowsy means 10% glucose IV at once; a normal glucose does not reassure",
			Background: "Medium-chain acyl-CoA dehydrogenase deficiency, found at newborn screening. Fasting or infection can bring sudden encephalopathy; glucose falls late.",
			Do: []string{
				"See at once, whatever the waiting time. If he takes his emergency feed and is alert, continue it two-hourly.",
				"Vomiting, refusing the feed or drowsy: 10% glucose 2 ml/kg IV over a few minutes.",
				"Then 10% glucose with 0.45% sodium chloride at 5 ml/kg/hour; add potassium when passing urine.",
				"Glucose, blood gas, ammonia, urea and electrolytes, liver function; treat the infection.",
			},
			DoNot: []string{
				"Do not stop the infusion because the glucose is normal.",
				"Do not give medium-chain triglyceride feeds or intravenous lipid.",
			},
			Notes: []string{"Parents know the emergency regimen and bring it with them. Listen when they say he is not himself."},
			Team:  "Metabolic medicine", Author: "Dr Samuel Adjei, consultant in metabolic medicine", Phone: "020 7946 0412",
			Reviewed: day(2026, time.August, 3),
		},
		{
			ID: "demo-melas", Centre: "RP4", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:  Person{Family: "Sivakumar", Given: "Kavitha", Born: day(2011, time.January, 27), Sex: "female", Line: "88 Tye Green", Town: "Harlow", Postcode: "CM18 6PR"},
			Headline: "MELAS: 10% glucose and no fasting; new weakness may be a stroke-like episode; no valproate, no metformin",
			Background: "Mitochondrial disease (MELAS, m.3243A>G). Stroke-like episodes with seizures and loss of vision, lactic acidosis when unwell, hearing aids, " +
				"early cardiomyopathy.",
			Do: []string{
				"10% glucose with 0.9% sodium chloride at maintenance while not eating. Check glucose, gas, lactate, creatine kinase, ECG.",
				"New headache, vomiting, visual loss or weakness: call the centre before imaging; intravenous arginine is started on their advice.",
				"Seizure over 5 minutes: buccal midazolam 10 mg, then levetiracetam 40 mg/kg IV (at most 3 g).",
			},
			DoNot: []string{
				"Do not give sodium valproate.",
				"Do not give metformin, linezolid, or an aminoglycoside unless the centre agrees.",
				"Do not give propofol as an infusion; a single induction dose is acceptable.",
				"Do not use Ringer's lactate.",
			},
			Notes: []string{"A lactate of 3 to 5 mmol/L is usual for her.", "Hearing aids: face her, speak clearly, write key words."},
			Team:  "Metabolic medicine", Author: "Dr Samuel Adjei, consultant in metabolic medicine", Phone: "020 7946 0412",
			Reviewed: day(2026, time.October, 19),
		},
		{
			ID: "demo-haemophilia-inhibitor", Centre: "RP4", Home: "RAJ", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "D'Arcy", Given: "Cillian", Born: day(2017, time.July, 30), Sex: "male", Line: "21 Maltings Yard", Town: "Chelmsford", Postcode: "CM2 6LN"},
			Headline:   "Haemophilia A with inhibitor, on emicizumab: bleed or head injury needs rFVIIa first, scan second; never FEIBA",
			Background: "Severe haemophilia A with a high-titre inhibitor; factor VIII does not work. Emicizumab every two weeks. One intracranial bleed in infancy.",
			Do: []string{
				"Head injury, or any major bleed: recombinant factor VIIa (eptacog alfa) 90 micrograms/kg IV at once. His parents bring two doses.",
				"Then scan, then call the haemophilia centre for the next dose.",
				"Joint bleed: rest, ice, splint, paracetamol.",
				"Mouth or nose bleed: tranexamic acid 15 mg/kg by mouth.",
			},
			DoNot: []string{
				"Do not give activated prothrombin complex (FEIBA): with emicizumab it can cause thrombotic microangiopathy.",
				"Do not wait for imaging or for clotting results; the APTT looks normal on emicizumab and means nothing.",
				"Do not give intramuscular injections, ibuprofen or aspirin.",
			},
			Notes: []string{"Peripheral veins are good: left forearm. Port removed in 2025."},
			Team:  "Haemophilia comprehensive care", Author: "Dr Ruth Llewellyn, consultant paediatric haematologist", Phone: "020 7946 0413",
			Reviewed: day(2026, time.June, 22),
		},
	}
}

// childrenWithOtherPlans are the plans of Great Ormond Street about airway, rhythm, seizures and communication.
func childrenWithOtherPlans() []Plan {
	return []Plan{
		{
			ID: "demo-tracheostomy", Centre: "RP4", Home: "RAJ", Category: emergencyPlan, Priority: HighPriority,
			Patient:  Person{Family: "Rahman", Given: "Yusuf", Born: day(2023, time.May, 18), Sex: "male", Line: "5 School Lane", Town: "Witham", Postcode: "CM8 1HD"},
			Headline: "Tracheostomy (3.5 uncuffed): blocked means change the tube NOW; airway from above is NOT possible",
			Background: "Grade 4 subglottic stenosis after preterm birth: no airway above the tracheostomy. Ventilated at night. " +
				"Tube size 3.5 mm uncuffed neonatal length.",
			Do: []string{
				"Struggling: oxygen to the tracheostomy, suction to the depth on his card; if the catheter does not pass, change the tube at once.",
				"Same size does not go in: size 3.0, then over a suction catheter as a guide.",
				"No tube goes in: cover the mouth, ventilate over the stoma with a small round mask.",
				"Call the anaesthetist and ENT of your hospital, then our ENT registrar.",
			},
			DoNot: []string{
				"Do not try to intubate through the mouth or use a face mask: there is no way through.",
				"Do not leave him without somebody trained to change the tube.",
			},
			Notes: []string{
				"The parents change the tube weekly and are quicker than most of us: let them help.",
				"His box with spare tubes 3.5 and 3.0 goes everywhere with him.",
			},
			Team: "ENT and long-term ventilation", Author: "Ms Ingrid Solheim, consultant ENT surgeon", Phone: "020 7946 0414",
			Reviewed: day(2026, time.October, 5),
		},
		{
			ID: "demo-long-qt", Centre: "RP4", Home: "RQW", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Kowalski", Given: "Zsófia", Born: day(2010, time.December, 11), Sex: "female", Line: "40 Station Approach", Town: "Sawbridgeworth", Postcode: "CM21 9JX"},
			Headline:   "Long QT type 2: monitor at once; NO ondansetron, macrolides or haloperidol; keep potassium above 4.5",
			Background: "Long QT syndrome type 2 (KCNH2), resting QTc 510 ms. Two faints to an alarm clock. Takes nadolol. No implanted defibrillator.",
			Do: []string{
				"Faint, seizure or palpitations: cardiac monitor and defibrillator at the bed within minutes; 12-lead ECG.",
				"Potassium at 4.5 to 5.0 mmol/L, magnesium above 1.0 mmol/L; replace early if vomiting.",
				"Torsades de pointes: magnesium sulfate 2 g IV over 10 minutes; if pulseless, defibrillate.",
				"Continue nadolol, IV beta blocker if she cannot swallow; ask us.",
			},
			DoNot: []string{
				"Do not give ondansetron, domperidone, metoclopramide, clarithromycin, erythromycin, ciprofloxacin, fluconazole, haloperidol or citalopram.",
				"Do not give amiodarone or sotalol.",
				"Do not startle: no loud alarms beside her head.",
			},
			Notes: []string{"For sickness: cyclizine 50 mg slowly, on a monitor.", "A faint is a cardiac arrest until shown otherwise, even if called a seizure."},
			Team:  "Inherited cardiovascular disease", Author: "Dr Pádraig Ó Dónaill, consultant paediatric cardiologist", Phone: "020 7946 0415",
			Reviewed: day(2026, time.May, 11),
		},
		{
			ID: "demo-dravet", Centre: "RP4", Home: "RWG", Category: emergencyPlan, Priority: HighPriority,
			Patient:    Person{Family: "Shah", Given: "Arjun", Born: day(2018, time.February, 6), Sex: "male", Line: "7 Fuller's Mead", Town: "Watford", Postcode: "WD18 0EE"},
			Headline:   "Dravet syndrome: buccal midazolam 7.5 mg at 5 minutes; NO phenytoin or carbamazepine; call us early",
			Background: "Dravet syndrome (SCN1A). Prolonged seizures with fever, often one-sided. Takes sodium valproate, clobazam and stiripentol.",
			Do: []string{
				"Seizure of 5 minutes: buccal midazolam 7.5 mg. His parents may have given one dose.",
				"After 10 more minutes: lorazepam 0.1 mg/kg IV (at most 4 mg). No more than two doses of any benzodiazepine.",
				"Then levetiracetam 40 mg/kg IV (at most 3 g) over 5 minutes.",
				"Still fitting: anaesthetist; thiopental is preferred. Cool him: paracetamol and tepid room.",
			},
			DoNot: []string{
				"Do not give phenytoin, fosphenytoin, carbamazepine, oxcarbazepine or lamotrigine: sodium channel blockers make it worse.",
				"Do not stop stiripentol; it raises clobazam levels, so expect sleepiness.",
			},
			Notes: []string{"He does not speak. Pain shows as hand-biting. His father knows his usual colour and breathing."},
			Team:  "Epilepsy", Author: "Dr Miriam Feldman, consultant paediatric neurologist", Phone: "020 7946 0416",
			Reviewed: day(2026, time.July, 8),
		},
		{
			ID: "demo-communication", Centre: "RP4", Home: "RQW", Category: emergencyPlan, Priority: LowPriority,
			Patient:    Person{Family: "Çelik-Ward", Given: "Elif", Born: day(2014, time.April, 23), Sex: "female", Line: "112 Parsonage Lane", Town: "Bishop's Stortford", Postcode: "CM23 5DB"},
			Headline:   "Rare chromosome disorder, autism: quiet room, mother stays, signs Makaton; pain shows as silence",
			Background: "22q13 deletion (Phelan-McDermid syndrome). Few words, high pain threshold. Reasonable adjustments are agreed with the family.",
			Do: []string{
				"Offer a side room and dim the light. Keep her mother with her throughout, also in the anaesthetic room.",
				"Examine from the feet up, and show each instrument first. Her communication passport is in the red folder.",
				"Quiet and still means pain: use the FLACC scale, treat early, look for fractures and constipation.",
			},
			DoNot: []string{"Do not hold her down for bloods: topical anaesthetic and intranasal midazolam 0.3 mg/kg first."},
			Notes: []string{"She loves trains. The app on her tablet speaks for her; charge it."},
			Team:  "Clinical genetics and complex care", Author: "Sister Grace Mensah, clinical nurse specialist", Phone: "020 7946 0417",
			Reviewed: day(2026, time.March, 30),
		},
	}
}
