//! `initialize --all`: everything, in the order in which records refer to each other.

use crate::stage::Stage;

#[test]
fn newcomer_2_all_types_are_initialized_in_the_order_of_their_links() {
    let stage = Stage::new();
    let told = stage.run(&["initialize", "--all", "--direction", "from"]);
    assert!(
        told.err
            .starts_with("in this order, because records are linked to records that were transferred before them:\n")
    );
    let place = |name: &str| told.err.find(&format!("`{name}`: ")).unwrap_or_else(|| panic!("{name}: {told:#?}"));
    assert!(place("BC Product Category From iPaaS") < place("BC Products"), "{told:#?}");
    assert!(told.err.contains("`BC Products`: Product from iPaaS.com, links to "), "{told:#?}");
    assert!(!told.out.contains(" written again, because"), "the order spares that: {told:#?}");
    assert!(told.row("BC Products")[1] > 0 && told.row("BC Product Category From iPaaS")[1] > 0, "{told:#?}");
    let again = stage.run(&["initialize", "--all", "--direction", "from"]);
    assert_eq!((again.row("BC Products")[1], again.row("BC Product Category From iPaaS")[1]), (0, 0), "{again:#?}");
}

#[test]
fn newcomer_2_in_the_wrong_order_what_is_missing_is_said_and_written_later() {
    let stage = Stage::new();
    let products = stage.run(&["initialize", "product"]);
    assert!(products.out.contains(" written without Product Category "), "{products:#?}");
    let categories = stage.run(&["initialize", "product-category", "--direction", "from"]);
    assert!(categories.out.contains("written again, because what they refer to is linked now"), "{categories:#?}");
}

#[test]
fn newcomer_12_a_dry_run_says_what_would_be() {
    let stage = Stage::new();
    let dry = stage.run(&["initialize", "product", "--dry-run"]);
    assert!(dry.out.lines().next().unwrap().contains("would be written"), "{dry:#?}");
}
