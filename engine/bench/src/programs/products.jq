# The rules of mappings/catalog/product-*.yaml.
def empty_text: . == null or (trim == "");
def link: if . == null then null else (try tonumber catch null) | if . == null then null else . + 100000 end end;
def present: with_entries(select(.value != null));
def custom($name): first((.custom_fields // [])[] | select(.custom_field_name == $name) | .value) // null;
def barcode: if . != null and length <= 14 then . else null end;
def stock($key; $owner):
  (.qty_available // .qty_on_hand) as $quantity
  | (.location_id | link) as $location
  | select($location != null and $quantity != null)
  | { location_id: $location, quantity: ([$quantity | trunc, 0] | max), ($key): ($owner | link) };
def slot($name; rows): [rows] as $rows | if $rows == [] then . else .[$name] = $rows end;
def option:
  (.type // "Drop Down") as $type
  | { display_name: .option_name,
      type: ({ "Radio": "radio_buttons", "Rectangle": "rectangles", "Swatch": "swatch" }[$type] // "dropdown"),
      sort_order: .order,
      option_values: [range(.values | length) as $at | .values[$at]
        | { label: .value, sort_order: (.order // ($at + 1)), is_default: (if $type == "Swatch" then null else false end) } | present] }
  | present;
def variant($product):
  . as $row
  | { sku, price: (if .default_price != null and .default_price != $product.default_price then .default_price else null end), sale_price, retail_price: .msrp,
      cost_price: .cost, upc: (.barcode | barcode), weight, width, height, depth,
      purchasing_disabled: ((.status | empty_text | not) and .status != "Active") }
  | present
  | slot("option_values"; $row.options[] | { option_id: (.option_id | link), id: (.id | link), option_display_name: .option_name, label: .value } | present)
  | slot("inventory"; $row.inventory[] | stock("variant_id"; $row.id));
. as $row
| select(((.kit.components // []) == []) and (.sku | empty_text | not) and (.name | empty_text | not))
| .tracking_method as $method
| (.status == "Active") as $active
| { name, sku, type: { "Physical": "physical", "Virtual": "digital" }[.type], description, price: (.default_price // 0), sale_price, retail_price: .msrp,
    cost_price: (first(.inventory[] | select(.cost != null and .cost > 0) | .cost) // null),
    weight: (.weight // 0), width, height, depth, upc: (.barcode | barcode), is_visible: $active,
    availability: (if $active then "available" else "disabled" end),
    inventory_tracking: (if $method == "Variant" then "variant" elif $method == "Product" then "product" else "none" end),
    inventory_warning_level: (if .in_stock_threshold == null then null else .in_stock_threshold | round end),
    categories: [.categories[].category_id | link | select(. != null)],
    brand_name: custom("Brand"), page_title: custom("Page Title"), meta_description: custom("Meta Description"), search_keywords: custom("Search Keywords"),
    meta_keywords: (custom("Meta Keywords") | if . == null then null else split(",") | map(trim) end),
    is_featured: false }
| present
| if $method == "Variant" then
    slot("options"; $row.options[] | select(.values != []) | option) | slot("variants"; $row.variants[] | variant($row))
  elif $method == "Product" then slot("inventory"; $row.inventory[] | stock("product_id"; $row.id))
  else . end
