# The rules of snapshots/hard/orders/order-to.yaml and its children.
def given: if . == "" then null else . end;
def blank: . == null or (trim == "");
def amount: if . == null or . == "" then null elif type == "string" then tonumber else . end;
def cents: . * 10000 | round | . / 10000;
def total(f): map(f | amount) | add // 0 | cents;
def present: with_entries(select(.value != null));
def slot($name; rows): [rows] as $rows | if $rows == [] then . else .[$name] = $rows end;
def created: strptime("%a, %d %b %Y %H:%M:%S %z") | mktime;
def address($type):
  { first_name: (.first_name | given), last_name: (.last_name | given), company: (.company | given), phone_number: (.phone | given), address_1: (.street_1 | given),
    address_2: (.street_2 | given), city: (.city | given), region: (.state | given), postal_code: (.zip | given), country: (.country_iso2 | given), type: $type,
    is_primary_billing: ($type == "Billing") };
def name: (.display_name_merchant | given) // (.display_name | given);
def shown: (.display_value_merchant | given) // (.display_value | given);
def line($position; $inclusive):
  . as $row
  | (.type == "giftcertificate") as $gift
  | (first(.product_options[] | select(name == "Unit")) // null | if . == null then null else shown end) as $unit
  | ((.applied_discounts // []) | total(.amount)) as $discount
  | (.total_ex_tax | amount) as $ex | (.total_inc_tax | amount) as $inc | (.total_tax | amount) as $tax
  | (.sku | given) as $sku
  | { sequence_number: $position,
      sku: (if $sku == null or ($unit | blank) then $sku else $sku | rtrimstr("-" + $unit) end),
      description: (.name | given), type: (if $gift then "Gift Card" else "Product" end), status: "Pending", qty: .quantity, qty_shipped: .quantity_shipped,
      unit_price: (.price_ex_tax | amount), original_unit_price: ((if $inclusive then .price_ex_tax else .base_price end) | amount), extended_price: $ex,
      discount_amount: (if $inclusive and $inc != 0 then $discount * $ex / $inc * 100 | round / 100 else $discount end),
      estimated_tax_amount: $tax, tax_percent: (if $ex == 0 then 0 else $tax / $ex * 1000000 | round | . / 10000 end), weight: (.weight | amount),
      line_info: (if $gift and .gift_certificate != null then { GiftCardId: .gift_certificate.code } else null end) }
  | present
  | .options = (reduce ($row.product_options[] | select(name | blank | not)) as $o ({};
      ($o | name) as $name | ($o | shown) as $value
      | if has($name) then .[$name] += (if $value == null then "" else ", " + $value end) else .[$name] = ($value // "") end))
  | slot("custom_fields"; ({ custom_field_name: "Original SKU", value: $sku }, { custom_field_name: "SellingUnit", value: $unit }) | select(.value != null));
. as $order
| select(.status_id != 0 and .status_id != 6)
| select(any(.products[]; .type == "physical" and (.sku | blank) and .parent_order_product_id == null) | not)
| (.total_tax | amount) as $tax | (.total_inc_tax | amount) as $total | (.subtotal_ex_tax | amount) as $subtotal
| ((.shipping_cost_ex_tax | amount) + (.handling_cost_ex_tax | amount) + (.wrapping_cost_ex_tax | amount) + ((.fees // []) | total(.cost_ex_tax)) | cents) as $shipping
| (if .is_tax_inclusive_pricing then $subtotal + $shipping - (.total_ex_tax | amount) else (.discount_amount | amount) + (.coupon_discount | amount) end | cents) as $discount
| (.date_created | created) as $created
| (.store_credit_amount | amount) as $credit
| ($total - $credit - (.gift_certificate_amount | amount) | cents) as $open
| { "1": "Pending", "2": "Shipped", "3": "Pending", "4": "Refunded", "5": "Cancelled", "6": "Cancelled", "7": "Pending", "8": "Pending", "9": "Pending", "10": "Complete",
    "11": "Pending", "12": "Pending", "13": "Pending", "14": "Partial Refunded" } as $statuses
| { system_id: 9, transaction_number: (.id | tostring), customer_id: (if .customer_id == null or .customer_id == 0 then null else .customer_id + 100000 end),
    email_address: (.billing_address.email | given), type: "Order",
    status: (if .status_id == 4 or .status_id == 5 then $statuses[.status_id | tostring] else "Pending" end),
    discount_amount: $discount, tax_amount: $tax, shipping_amount: $shipping, subtotal: $subtotal, total: $total, total_qty: .items_total, created_datetime: ($created | todate) }
| present
| slot("custom_fields"; { custom_field_name: "Currency Code", value: ($order.default_currency_code | given) } | select(.value != null))
| [$order.products[] | select(.parent_order_product_id == null)] as $lines
| slot("lines"; range($lines | length) as $at | $lines[$at] | line($at + 1; $order.is_tax_inclusive_pricing))
| slot("addresses";
    ($order.billing_address | select(. != null) | address("Billing") + { is_primary_shipping: ($order.shipping_address_count == 0), shipping_amount: 0 } | present),
    (range($order.shipping_addresses | length) as $at | $order.shipping_addresses[$at]
      | address("Shipping") + { is_primary_shipping: ($at == 0), shipping_method: (.shipping_method | given), shipping_method_description: (.shipping_method | given),
          shipping_amount: ((.cost_ex_tax | amount) + (.handling_cost_ex_tax | amount) | cents) } | present))
| slot("payments";
    ($order | select((.payment_method | blank | not) and $open > 0)
      | { method: ({ "credit card": "Credit Card", "apple pay": "Credit Card", "cash": "Cash", "cash on delivery": "Cash", "check": "Check" }[.payment_method | ascii_downcase] // .payment_method),
          amount: $open,
          status: ({ authorized: "Authorized", captured: "Complete", paid: "Complete", declined: "Cancelled", void: "Cancelled", refunded: "Refunded",
            "partially refunded": "Refunded" }[.payment_status // ""] // "Pending"), description: (.payment_provider_id | given) } | present),
    (select($credit > 0) | { method: "Store Credit", amount: $credit, status: "Complete" }),
    ($order.transactions[] | select(.method == "gift_certificate" and .status == "ok" and .event == "purchase")
      | { method: "Gift Card", amount: (.amount | amount), status: "Complete", description: .gift_certificate.code,
          method_info: (if .gift_certificate == null then null else { GiftCardId: .gift_certificate.code } end) } | present))
| slot("taxes";
    (reduce $order.taxes[] as $t ([]; ([$t.name, $t.rate] | map(select(. != null and . != "")) | join(" ")) as $key
      | (map(.key == $key) | index(true)) as $at
      | if $at == null then . + [{ key: $key, rows: [$t] }] else .[$at].rows += [$t] end))[]
    | (.rows | total(.line_amount)) as $sum
    | select($sum != 0)
    | { authority: (.rows[0].name | given), amount: $sum, orginal_amount: $sum, tax_percent: (.rows[0].rate | amount) } | present)
| slot("discounts";
    ($order.coupons[] | { code: (.code | given), amount: .discount,
      type: ({ "0": "Per Item", "1": "Percentage", "2": "Per Total", "3": "Shipping", "4": "Free Shipping", "5": "Promotion" }[.type | tostring] // (.type | tostring)) } | present),
    ($order.discount_amount | amount | select(. != 0) | { type: "Manual", description: "discount of the order", amount: . }))
| slot("notes";
    ($created | strftime("%Y-%m-%dT%H:%M:%S")) as $at
    | ($order.customer_message | select(blank | not) | { text: ., type: "Customer", sequence_number: 1, is_public: true, note_created_date_time: $at }),
      ($order.staff_notes | select(blank | not) | { text: ., type: "Staff", sequence_number: 2, is_public: false, note_created_date_time: $at }))
