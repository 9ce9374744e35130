use std::collections::BTreeMap;

use super::*;

fn found(query: &str) -> Vec<String> {
    search(query, 10).iter().map(ToString::to_string).collect()
}

fn first(query: &str) -> String {
    found(query).into_iter().next().unwrap_or_default()
}

#[test]
fn register_has_285_flemish_municipalities_and_19_of_brussels() {
    let count = |province| {
        let all = municipalities().iter();
        all.filter(|place| place.province == province).count()
    };
    assert_eq!(municipalities().len(), lines(MUNICIPALITIES).count());
    assert_eq!(Province::ALL.map(count), [67, 38, 55, 63, 62, 19]);
}

#[test]
fn centres_are_the_numbers_of_the_file() {
    for (place, line) in municipalities().iter().zip(lines(MUNICIPALITIES)) {
        let mut columns = line.split('\t').skip(4).map(|number| number.parse().unwrap());
        assert_eq!(columns.next(), Some(place.centre.longitude_deg));
        assert_eq!(columns.next(), Some(place.centre.latitude_deg));
    }
    assert_eq!(degrees("5.x"), None);
}

#[test]
fn lengths_are_written_to_a_tenth() {
    let written = [0.0, -0.0, 12.0, -3.25, 0.04, 1_000.95].map(decimal);
    assert_eq!(written, ["0", "0", "12", "-3.3", "0", "1001"]);
    for length in [12.3, -0.7, 670.0] {
        assert_eq!(decimal(length), length.to_string());
    }
}

#[test]
fn register_counts_municipalities_then_and_now() {
    let count = |year| -> usize {
        let all = municipalities().iter();
        all.filter(|place| place.province != Province::Brussels)
            .map(|place| {
                let not_merged_yet = place.former.iter().filter(|former| former.year > year);
                not_merged_yet.count().max(1)
            })
            .sum()
    };
    assert_eq!([2018, 2019, 2024, 2025].map(count), [308, 300, 300, 285]);
}

#[test]
fn every_municipality_is_found_by_its_own_name_in_any_spelling() {
    for place in municipalities() {
        let plain = place.name.replace(['-', '\''], " ").to_uppercase();
        for query in [place.name, plain.as_str(), &plain.replace(' ', "")] {
            let hit = search(query, 1).pop().unwrap();
            assert_eq!(hit.municipality.nis, place.nis, "{query}");
            assert_eq!(hit.why, Why::Name, "{query}");
        }
    }
}

#[test]
fn every_old_name_part_and_postcode_leads_to_its_municipality() {
    for place in municipalities() {
        let old_names = place.former.iter().map(|former| former.name);
        let names = old_names.chain(place.parts.iter().copied());
        let postcodes = place.postcodes.iter().map(u16::to_string);
        for query in names.map(str::to_owned).chain(postcodes) {
            let hits = search(&query, 10);
            let leads = hits.iter().any(|hit| hit.municipality.nis == place.nis);
            assert!(leads, "{query} → {}", place.name);
        }
    }
}

#[test]
fn search_says_why_it_found_something() {
    assert_eq!(first("kruibeke"), "Kruibeke → Beveren-Kruibeke-Zwijndrecht");
    assert_eq!(first("Borsbeek"), "Borsbeek → Antwerpen");
    assert_eq!(first("drongen"), "Drongen → Gent");
    assert_eq!(first("9000"), "9000 Gent");
    assert_eq!(first("gent"), "Gent");
    assert_eq!(search("kruibeke", 1)[0].part(), Some("Kruibeke"));
    assert_eq!(search("meeuwen-gruitrode", 1)[0].part(), None);
}

#[test]
fn search_forgives_case_hyphens_accents_and_abbreviations() {
    for query in [
        "Sint-Niklaas",
        "sint niklaas",
        "SINTNIKLAAS",
        "st niklaas",
        "St.-Niklaas",
        "  sínt   niklàas ",
        "9100 niklaas",
    ] {
        assert_eq!(first(query), "Sint-Niklaas", "{query}");
    }
    assert_eq!(first("sint job in t goor"), "Sint-Job-in-'t Goor → Brecht");
}

#[test]
fn search_puts_whole_names_before_beginnings_before_the_inside() {
    assert_eq!(found("aalst")[0], "Aalst");
    let hits = found("lier");
    assert_eq!(hits[0], "Lier");
    let inside = found("nikla");
    assert_eq!(inside[0], "Sint-Niklaas");
    let start = search("me", 304).into_iter().map(|hit| hit.to_string());
    assert!(start.take(3).all(|name| name.starts_with("Me")));
}

#[test]
fn one_postcode_may_belong_to_several_municipalities() {
    let names: Vec<_> = search("1040", 10)
        .iter()
        .map(|hit| hit.municipality.name)
        .collect();
    assert!(names.contains(&"Etterbeek") && names.contains(&"Brussel"));
    assert_eq!(search("10", 304)[0].why, Why::Postcode(1070));
    assert!(search("1040 gent", 10).is_empty());
}

#[test]
fn search_finds_each_municipality_once_and_nothing_for_nothing() {
    for query in ["", "  ", "-", "zzz", "99999"] {
        assert!(search(query, 10).is_empty(), "{query:?}");
    }
    let hits = search("e", 1000);
    let mut codes: Vec<_> = hits.iter().map(|hit| hit.municipality.nis).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), hits.len());
    assert_eq!(search("e", 5).len(), 5);
}

#[test]
fn codes_from_before_a_merger_lead_to_the_municipality_of_today() {
    let name = |nis| municipality(Nis(nis)).map(|place| place.name);
    assert_eq!(name(46_013), Some("Beveren-Kruibeke-Zwijndrecht"));
    assert_eq!(name(11_056), Some("Beveren-Kruibeke-Zwijndrecht"));
    assert_eq!(name(44_021), Some("Gent"));
    assert_eq!(name(99_999), None);
}

#[test]
fn nis_codes_are_five_digits_with_leading_zeros() {
    assert_eq!("04000".parse(), Ok(Nis(4_000)));
    assert_eq!(Nis(4_000).to_string(), "04000");
    for text in ["", "4000", "044021", "4402a", "-4021", "+4021", "４４０２１"] {
        assert_eq!(text.parse::<Nis>(), Err(NotNis), "{text}");
    }
}

#[test]
fn every_municipality_lies_inside_the_picture_and_its_province() {
    for place in municipalities() {
        let at = project(place.centre);
        assert!((15.0..=985.0).contains(&at.x), "{}: {at:?}", place.name);
        assert!((15.0..=399.0).contains(&at.y), "{}: {at:?}", place.name);
        let home: Vec<_> = outlines()
            .iter()
            .filter(|outline| inside(&outline.path, at))
            .map(|outline| outline.province)
            .collect();
        assert_eq!(home, [place.province], "{}", place.name);
    }
}

#[test]
fn east_is_right_and_north_is_up() {
    let at = |nis| project(municipality(Nis(nis)).unwrap().centre);
    let (ostend, hasselt, essen) = (at(35_013), at(71_072), at(11_016));
    assert!(ostend.x < essen.x && essen.x < hasselt.x);
    assert!(essen.y < ostend.y && essen.y < hasselt.y);
    // From Ostend to Hasselt it is 175 km; the picture is 1000 units for some 244 km.
    let (dx, dy) = (hasselt.x - ostend.x, hasselt.y - ostend.y);
    let km = (dx * dx + dy * dy).sqrt() * 0.2437;
    assert!((170.0..180.0).contains(&km), "{km}");
}

#[test]
fn outlines_are_small_closed_paths_of_the_six_areas() {
    let provinces: Vec<_> = outlines().iter().map(|outline| outline.province).collect();
    assert_eq!(provinces.len(), 6);
    assert!(Province::ALL.iter().all(|province| provinces.contains(province)));
    let bytes: usize = outlines().iter().map(|outline| outline.path.len()).sum();
    assert!(bytes < 16 * 1024, "{bytes} bytes");
    for outline in outlines() {
        assert!(outline.path.starts_with('M') && outline.path.ends_with('z'));
        assert!(!outline.path.contains("NaN") && !outline.path.contains("-0 "));
    }
}

#[test]
fn marks_of_a_busy_map_do_not_cover_each_other() {
    let busy = municipalities().iter().step_by(4);
    let counts: BTreeMap<_, _> = busy.zip(1..).map(|(place, n)| (place.nis, n % 5 + 1)).collect();
    let marks = marks(&counts);
    assert_eq!(marks.len(), counts.len());
    let mut covered = 0;
    for (idx, one) in marks.iter().enumerate() {
        let home = project(municipality(one.nis).unwrap().centre);
        assert!((one.at.x - home.x).hypot(one.at.y - home.y) < 27.0);
        assert!(one.radius >= 18.0);
        for other in &marks[idx + 1..] {
            let distance = (one.at.x - other.at.x).hypot(one.at.y - other.at.y);
            covered += usize::from(distance < (one.radius + other.radius) * 0.75);
        }
    }
    assert_eq!(covered, 0);
}

#[test]
fn marks_come_largest_first_with_old_codes_counted_for_today() {
    let counts = BTreeMap::from([
        (Nis(46_013), 2),
        (Nis(46_030), 1),
        (Nis(44_021), 12),
        (Nis(11_002), 0),
        (Nis(99_999), 5),
    ]);
    let marks: Vec<_> = marks(&counts)
        .iter()
        .map(|mark| (mark.nis.0, mark.count))
        .collect();
    assert_eq!(marks, [(44_021, 12), (46_030, 3)]);
}

#[test]
fn a_phone_gets_one_mark_a_province_that_a_thumb_can_hit() {
    let counts = municipalities().iter().map(|place| (place.nis, 1)).collect();
    let marks = province_marks(&counts);
    let by_province: Vec<_> = marks.iter().map(|mark| mark.count).collect();
    assert_eq!(by_province, [67, 38, 55, 63, 62, 19]);
    for (idx, one) in marks.iter().enumerate() {
        // 290 CSS pixels is the picture on a phone of 320.
        assert!(one.radius * 2.0 * 0.29 >= 24.0, "{one:?}");
        for other in &marks[idx + 1..] {
            let distance = (one.at.x - other.at.x).hypot(one.at.y - other.at.y);
            assert!(distance > one.radius + other.radius, "{one:?} {other:?}");
        }
    }
    assert!(province_marks(&BTreeMap::new()).is_empty());
}

#[test]
fn names_beside_marks_stay_in_the_picture_and_off_the_mark() {
    for (name, size, radius) in [
        ("Geraardsbergen", NAME_SIZE, 18.0),
        ("Flandre-Occidentale", PROVINCE_NAME_SIZE, 60.0),
    ] {
        for place in municipalities() {
            let mark = project(place.centre);
            let at = name_at(mark, radius, name, size);
            assert!(at.x > 100.0 && at.x < 900.0, "{name} at {}", place.name);
            assert!(
                at.y >= size && at.y < f64::from(PICTURE_HEIGHT),
                "{name} at {}",
                place.name
            );
            let is_clear = at.y < mark.y - radius || at.y - size * 0.7 > mark.y + radius;
            assert!(is_clear, "{name} lies on {}", place.name);
        }
    }
}

/// Returns whether a point lies inside a path of relative steps, by the even-odd rule.
fn inside(path: &str, at: Point) -> bool {
    let mut crossings = 0;
    for ring in path.split('M').filter(|ring| !ring.is_empty()) {
        let numbers = ring.trim_end_matches('z').replace('l', " ").replace('-', " -");
        let numbers: Vec<f64> = numbers
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect();
        let mut here = (0.0, 0.0);
        let points: Vec<_> = numbers
            .chunks_exact(2)
            .map(|step| {
                here = (here.0 + step[0], here.1 + step[1]);
                here
            })
            .collect();
        for (idx, &(x1, y1)) in points.iter().enumerate() {
            let (x2, y2) = points[(idx + 1) % points.len()];
            if (y1 > at.y) != (y2 > at.y) && at.x < (x2 - x1) * (at.y - y1) / (y2 - y1) + x1 {
                crossings += 1;
            }
        }
    }
    crossings % 2 == 1
}
