//! Words of plausible records.

pub const ADJECTIVES: &[&str] = &[
    "Classic", "Organic", "Heavy", "Slim", "Northern", "Folding", "Woven", "Quiet", "Bright", "Compact", "Rustic",
    "Marine",
];
pub const THINGS: &[&str] = &[
    "Lamp", "Kettle", "Backpack", "Notebook", "Towel", "Chair", "Mug", "Jacket", "Blanket", "Candle", "Knife",
    "Basket", "Planter", "Radio", "Tent", "Hammer",
];
pub const MATERIALS: &[&str] =
    &["Oak", "Steel", "Linen", "Cotton", "Glass", "Copper", "Wool", "Clay", "Bamboo", "Leather"];
pub const BRANDS: &[&str] = &["Ashford", "Brightwater", "Corvid & Sons", "Dunmore", "Elm Street", "Färjestad"];
pub const FINISHES: &[&str] = &["Matte", "Gloss", "Raw"];
pub const CATEGORIES: &[&str] =
    &["Kitchen", "Bath", "Garden", "Office", "Outdoor", "Bedroom", "Tools", "Lighting", "Textiles", "Travel"];
pub const DEEP: &[&str] = &["Household", "Cooking", "Pans", "Cast Iron", "Enamelled"];
pub const FIRST: &[&str] =
    &["Ada", "Bruno", "Chiara", "Dmitri", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam"];
pub const LAST: &[&str] =
    &["Almeida", "Baker", "Castell", "Dvořák", "Evans", "Fischer", "García", "Hughes", "Ivanova", "Jensen", "Kim"];
pub const COMPANIES: &[&str] = &["", "", "", "Acme Corp", "Baker & Daughters", "Nordlicht GmbH", "Rivoli S.p.A."];
pub const STREETS: &[&str] =
    &["Main Street", "Elm Road", "Hafenstraße", "Rue de la Paix", "Station Road", "Market Square"];
/// City, state, postal code, country.
pub const CITIES: &[(&str, &str, &str, &str)] = &[
    ("Austin", "Texas", "78759", "US"),
    ("Akron", "Ohio", "44325", "US"),
    ("Hamburg", "Hamburg", "20095", "DE"),
    ("Leeds", "West Yorkshire", "LS1 4DY", "GB"),
    ("Lyon", "Rhône", "69001", "FR"),
    ("Toronto", "Ontario", "M5H 2N2", "CA"),
];
