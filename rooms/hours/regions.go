package hours

import "time"

func countries() map[string][]rule {
	return map[string][]rule{
		"AT": austria(),
		"CH": switzerland(),
		"DE": germany(),
		"GB": unitedKingdom(),
		"US": unitedStates(),
	}
}

// germany: the holiday acts of the Länder. Days that hang on the single municipality are left to the company's own
// holidays: Mariä Himmelfahrt in Bavaria, Fronleichnam in Saxony and Thuringia, Friedensfest in Augsburg.
func germany() []rule {
	return []rule{
		{name: "Neujahr", day: fixed(time.January, 1)},
		{name: "Heilige Drei Könige", day: fixed(time.January, 6), in: "BW BY ST"},
		{name: "Frauentag", day: fixed(time.March, 8), in: "BE", since: 2019},
		{name: "Frauentag", day: fixed(time.March, 8), in: "MV", since: 2023},
		{name: "Karfreitag", day: fromEaster(-2)},
		{name: "Ostersonntag", day: fromEaster(0), in: "BB"},
		{name: "Ostermontag", day: fromEaster(1)},
		{name: "Tag der Arbeit", day: fixed(time.May, 1)},
		{name: "Tag der Befreiung", day: fixed(time.May, 8), in: "BE", since: 2020, until: 2020},
		{name: "Tag der Befreiung", day: fixed(time.May, 8), in: "BE", since: 2025, until: 2025},
		{name: "Christi Himmelfahrt", day: fromEaster(39)},
		{name: "Pfingstsonntag", day: fromEaster(49), in: "BB"},
		{name: "Pfingstmontag", day: fromEaster(50)},
		{name: "Fronleichnam", day: fromEaster(60), in: "BW BY HE NW RP SL"},
		{name: "Jahrestag des Volksaufstandes", day: fixed(time.June, 17), in: "BE", since: 2028, until: 2028},
		{name: "Mariä Himmelfahrt", day: fixed(time.August, 15), in: "SL"},
		{name: "Weltkindertag", day: fixed(time.September, 20), in: "TH", since: 2019},
		{name: "Tag der Deutschen Einheit", day: fixed(time.October, 3)},
		{name: "Reformationstag", day: fixed(time.October, 31), in: "BB MV SN ST TH"},
		{name: "Reformationstag", day: fixed(time.October, 31), in: "HB HH NI SH", since: 2018},
		{name: "Reformationstag", day: fixed(time.October, 31), in: "DE BE BW BY HB HE HH NI NW RP SH SL", since: 2017, until: 2017},
		{name: "Allerheiligen", day: fixed(time.November, 1), in: "BW BY NW RP SL"},
		{name: "Buß- und Bettag", day: bussUndBettag, in: "SN"},
		{name: "Erster Weihnachtstag", day: fixed(time.December, 25)},
		{name: "Zweiter Weihnachtstag", day: fixed(time.December, 26)},
	}
}

// austria: Feiertagsruhegesetz 1957, § 1, and Arbeitsruhegesetz, § 7.
func austria() []rule {
	return []rule{
		{name: "Neujahr", day: fixed(time.January, 1)},
		{name: "Heilige Drei Könige", day: fixed(time.January, 6)},
		{name: "Ostermontag", day: fromEaster(1)},
		{name: "Staatsfeiertag", day: fixed(time.May, 1)},
		{name: "Christi Himmelfahrt", day: fromEaster(39)},
		{name: "Pfingstmontag", day: fromEaster(50)},
		{name: "Fronleichnam", day: fromEaster(60)},
		{name: "Mariä Himmelfahrt", day: fixed(time.August, 15)},
		{name: "Nationalfeiertag", day: fixed(time.October, 26)},
		{name: "Allerheiligen", day: fixed(time.November, 1)},
		{name: "Mariä Empfängnis", day: fixed(time.December, 8)},
		{name: "Christtag", day: fixed(time.December, 25)},
		{name: "Stefanitag", day: fixed(time.December, 26)},
	}
}

// switzerland: 1 August by the federal constitution, article 110; the others by the laws of nearly all cantons.
func switzerland() []rule {
	return []rule{
		{name: "Neujahr", day: fixed(time.January, 1)},
		{name: "Karfreitag", day: fromEaster(-2)},
		{name: "Ostermontag", day: fromEaster(1)},
		{name: "Auffahrt", day: fromEaster(39)},
		{name: "Pfingstmontag", day: fromEaster(50)},
		{name: "Bundesfeier", day: fixed(time.August, 1)},
		{name: "Weihnachten", day: fixed(time.December, 25)},
		{name: "Stephanstag", day: fixed(time.December, 26)},
	}
}

// unitedKingdom: Banking and Financial Dealings Act 1971, schedule 1, with the royal proclamations since 2010.
func unitedKingdom() []rule {
	may8, june4, june2 := On(2020, time.May, 8), On(2012, time.June, 4), On(2022, time.June, 2)
	return []rule{
		{name: "New Year’s Day", day: fixed(time.January, 1)},
		{name: "New Year’s Day (substitute day)", day: mondayised(time.January, 1), in: "GB ENG WLS NIR"},
		{name: "New Year’s Day (substitute day)", day: twoDaysOn(time.January, 1), in: "SCT"},
		{name: "2nd January", day: fixed(time.January, 2), in: "SCT"},
		{name: "2nd January (substitute day)", day: twoDaysOn(time.January, 2), in: "SCT"},
		{name: "St Patrick’s Day", day: fixed(time.March, 17), in: "NIR"},
		{name: "St Patrick’s Day (substitute day)", day: mondayised(time.March, 17), in: "NIR"},
		{name: "Good Friday", day: fromEaster(-2)},
		{name: "Easter Monday", day: fromEaster(1), in: "ENG WLS NIR"},
		{name: "Royal wedding", day: fixed(time.April, 29), since: 2011, until: 2011},
		{name: "Early May bank holiday", day: except(nth(1, time.Monday, time.May), may8)},
		{name: "Coronation of King Charles III", day: fixed(time.May, 8), since: 2023, until: 2023},
		{name: "Spring bank holiday", day: except(last(time.Monday, time.May), june4, june2)},
		{name: "Diamond Jubilee", day: fixed(time.June, 5), since: 2012, until: 2012},
		{name: "Platinum Jubilee", day: fixed(time.June, 3), since: 2022, until: 2022},
		{name: "World Cup bank holiday", day: fixed(time.June, 15), in: "SCT", since: 2026, until: 2026},
		{name: "Battle of the Boyne", day: fixed(time.July, 12), in: "NIR"},
		{name: "Battle of the Boyne (substitute day)", day: mondayised(time.July, 12), in: "NIR"},
		{name: "Summer bank holiday", day: nth(1, time.Monday, time.August), in: "SCT"},
		{name: "Summer bank holiday", day: last(time.Monday, time.August), in: "ENG WLS NIR"},
		{name: "State Funeral of Queen Elizabeth II", day: fixed(time.September, 19), since: 2022, until: 2022},
		{name: "St Andrew’s Day", day: fixed(time.November, 30), in: "SCT"},
		{name: "St Andrew’s Day (substitute day)", day: mondayised(time.November, 30), in: "SCT"},
		{name: "Christmas Day", day: fixed(time.December, 25)},
		{name: "Christmas Day (substitute day)", day: twoDaysOn(time.December, 25)},
		{name: "Boxing Day", day: fixed(time.December, 26)},
		{name: "Boxing Day (substitute day)", day: twoDaysOn(time.December, 26)},
	}
}

// unitedStates: the federal holidays of 5 U.S.C. § 6103(a).
func unitedStates() []rule {
	return []rule{
		{name: "New Year’s Day", day: fixed(time.January, 1)},
		{name: "New Year’s Day (observed)", day: observed(time.January, 1)},
		{name: "Birthday of Martin Luther King, Jr.", day: nth(3, time.Monday, time.January)},
		{name: "Washington’s Birthday", day: nth(3, time.Monday, time.February)},
		{name: "Memorial Day", day: last(time.Monday, time.May)},
		{name: "Juneteenth National Independence Day", day: fixed(time.June, 19), since: 2021},
		{name: "Juneteenth (observed)", day: observed(time.June, 19), since: 2021},
		{name: "Independence Day", day: fixed(time.July, 4)},
		{name: "Independence Day (observed)", day: observed(time.July, 4)},
		{name: "Labor Day", day: nth(1, time.Monday, time.September)},
		{name: "Columbus Day", day: nth(2, time.Monday, time.October)},
		{name: "Veterans Day", day: fixed(time.November, 11)},
		{name: "Veterans Day (observed)", day: observed(time.November, 11)},
		{name: "Thanksgiving Day", day: nth(4, time.Thursday, time.November)},
		{name: "Christmas Day", day: fixed(time.December, 25)},
		{name: "Christmas Day (observed)", day: observed(time.December, 25)},
	}
}
