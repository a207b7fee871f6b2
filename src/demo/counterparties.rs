//! Names on the statement: all invented, worded as banks word them.

/// Somebody whom money goes to or comes from.
#[derive(Debug)]
pub struct Counterparty {
    /// Statement text.
    pub text: &'static str,
    /// Added to card payments once they are posted.
    pub place: &'static str,
    /// As enrichment names it; empty where it finds nobody.
    pub name: &'static str,
    pub category: Option<&'static str>,
    /// Teller's `type`.
    pub kind: &'static str,
}

/// What a reply says about a row's counterparty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The object is missing from the reply, as live data has it at times.
    Absent,
    /// Both members null: enrichment is not done.
    Unknown,
    Known {
        name: &'static str,
        kind: &'static str,
    },
}

impl Counterparty {
    pub fn party(&self) -> Party {
        match self.name {
            "" => Party::Absent,
            name @ ("YOURSELF" | "ALEX SITTER") => Party::Known { name, kind: "person" },
            // Live data has the British spelling as well.
            name @ "OLD FORGE TEA" => Party::Known { name, kind: "organisation" },
            name => Party::Known { name, kind: "organization" },
        }
    }
}

const fn shop(
    text: &'static str,
    place: &'static str,
    name: &'static str,
    category: &'static str,
) -> Counterparty {
    Counterparty { text, place, name, category: Some(category), kind: "card_payment" }
}

const fn entry(
    text: &'static str,
    name: &'static str,
    category: &'static str,
    kind: &'static str,
) -> Counterparty {
    Counterparty { text, place: "", name, category: Some(category), kind }
}

pub const PAYROLL: Counterparty =
    entry("ACME CORP PAYROLL PPD ID 4410", "ACME CORP", "income", "ach");
pub const SECOND_PAYROLL: Counterparty =
    entry("LINDEN STUDIO DIRECT DEP", "LINDEN STUDIO", "income", "ach");
pub const SITTER: Counterparty =
    entry("ZELLE TO ALEX SITTER", "ALEX SITTER", "general", "digital_payment");
pub const TAX_REFUND: Counterparty =
    entry("STATE TREASURY TAX REFUND", "STATE TREASURY", "tax", "ach");
pub const INTEREST: Counterparty = entry("INTEREST PAID", "", "income", "interest");
pub const FOREIGN_FEE: Counterparty = entry("FOREIGN TRANSACTION FEE", "", "general", "fee");
pub const ATM_FEE: Counterparty = entry("NON-NETWORK ATM FEE", "", "general", "fee");
pub const OWN_TRANSFER: Counterparty = entry("TRANSFER", "YOURSELF", "general", "transfer");
pub const CARD_CREDIT: Counterparty = entry("PAYMENT RECEIVED THANK YOU", "", "general", "payment");
pub const CHECK: Counterparty =
    Counterparty { text: "CHECK", place: "", name: "", category: None, kind: "check" };
pub const BROKER: Counterparty =
    entry("MERIDIAN BROKERAGE ACH DEBIT", "MERIDIAN BROKERAGE", "investment", "ach");

pub const MORTGAGE: Counterparty =
    entry("HARBOR CU MORTGAGE PMT 004711", "HARBOR CU MORTGAGE", "loan", "ach");
/// Some banks pass line breaks and tabs on.
pub const UTILITIES: Counterparty = entry(
    "CITY WATER & POWER   \n\tAUTOPAY  WEB ID 88120",
    "CITY WATER & POWER",
    "utilities",
    "bill_payment",
);
pub const HEATING: Counterparty =
    entry("TALLGRASS GAS BILLPAY", "TALLGRASS GAS", "utilities", "bill_payment");
pub const FIBER: Counterparty = entry("LUMEN FIBER AUTOPAY", "LUMEN FIBER", "phone", "ach");
pub const PROPERTY_TAX: Counterparty =
    entry("COUNTY PROPERTY TAX WEB", "COUNTY TREASURER", "tax", "ach");
pub const CHILD_CARE: Counterparty =
    entry("LITTLE ACORN CHILD CARE", "LITTLE ACORN", "education", "ach");
pub const CAR_LOAN: Counterparty =
    entry("NORTHWIND AUTO LOAN 7731", "NORTHWIND BANK", "loan", "payment");
pub const INSURANCE: Counterparty =
    entry("BEACON MUTUAL INS PREM", "BEACON MUTUAL", "insurance", "ach");
pub const CHARITY: Counterparty = entry("RIVERKEEPERS GIFT", "RIVERKEEPERS", "charity", "ach");

pub const GYM: Counterparty = shop("KESTREL GYM", "PORTLAND OR", "KESTREL GYM", "sport");
pub const STREAMING: Counterparty =
    shop("LANTERN VIDEO MONTHLY", "LANTERN.EXAMPLE", "LANTERN VIDEO", "entertainment");
pub const MUSIC: Counterparty =
    shop("TIDEWATER MUSIC", "HTTPSTIDEWATER", "TIDEWATER MUSIC", "entertainment");
pub const SOFTWARE: Counterparty =
    shop("PAPER & INK PRO", "PAPERINK.EXAMPLE", "PAPER & INK", "software");
pub const PHONE: Counterparty = shop("SPARROW MOBILE", "800-555-0119", "SPARROW MOBILE", "phone");

pub const GROCERS: [Counterparty; 3] = [
    shop("ROWAN MARKET #0221", "PORTLAND OR", "ROWAN MARKET", "groceries"),
    shop("ROWAN MARKET #0198", "BEAVERTON OR", "ROWAN MARKET", "groceries"),
    shop("FENNEL & THYME CO-OP", "PORTLAND OR", "FENNEL & THYME", "groceries"),
];
pub const BIG_GROCERS: [Counterparty; 2] = [
    shop("ROWAN MARKET #0198", "BEAVERTON OR", "ROWAN MARKET", "groceries"),
    shop("BULK BARN 114", "TIGARD OR", "BULK BARN", "groceries"),
];
pub const CAFES: [Counterparty; 3] = [
    shop("BLUE KETTLE COFFEE", "PORTLAND OR", "BLUE KETTLE COFFEE", "dining"),
    shop("SQ *CORNER CAFE", "PORTLAND OR", "CORNER CAFE", "dining"),
    shop("OLD FORGE TEA", "PORTLAND OR", "OLD FORGE TEA", "dining"),
];
pub const RESTAURANTS: [Counterparty; 4] = [
    shop("TST* PINE STREET NOODLES", "PORTLAND OR", "PINE STREET NOODLES", "dining"),
    shop("LA PALOMA CANTINA", "PORTLAND OR", "LA PALOMA CANTINA", "dining"),
    shop("THE WICK & BARREL", "PORTLAND OR", "THE WICK & BARREL", "bar"),
    shop("SAFFRON HOUSE", "LAKE OSWEGO OR", "SAFFRON HOUSE", "dining"),
];
pub const FUEL: [Counterparty; 2] = [
    shop("NORTHGATE FUEL 0443", "PORTLAND OR", "NORTHGATE FUEL", "fuel"),
    shop("CASCADE GAS & GO", "SALEM OR", "CASCADE GAS & GO", "fuel"),
];
pub const PHARMACIES: [Counterparty; 2] = [
    shop("CORNER PHARMACY 12", "PORTLAND OR", "CORNER PHARMACY", "health"),
    shop("ELM DENTAL GROUP", "PORTLAND OR", "ELM DENTAL GROUP", "health"),
];
pub const ONLINE: [Counterparty; 4] = [
    shop("HILLTOP BOOKS", "HILLTOP.EXAMPLE", "HILLTOP BOOKS", "shopping"),
    shop("PARCELWOOD MKTP", "PARCELWOOD.EXAMPLE", "PARCELWOOD", "shopping"),
    shop("OBERON ELECTRONICS", "OBERON.EXAMPLE", "OBERON ELECTRONICS", "electronics"),
    shop("WREN & DAUGHTER", "WREN.EXAMPLE", "WREN & DAUGHTER", "clothing"),
];
pub const OUTINGS: [Counterparty; 3] = [
    shop("RIVERSIDE CINEMA", "PORTLAND OR", "RIVERSIDE CINEMA", "entertainment"),
    shop("HARBOR BOWL", "PORTLAND OR", "HARBOR BOWL", "entertainment"),
    shop("OTTER CLIMBING", "PORTLAND OR", "OTTER CLIMBING", "sport"),
];
pub const HOME: [Counterparty; 2] = [
    shop("TIMBER & NAIL 77", "PORTLAND OR", "TIMBER & NAIL", "home"),
    shop("GREENHOUSE GARDEN CTR", "TIGARD OR", "GREENHOUSE GARDEN", "home"),
];
pub const TRANSIT: [Counterparty; 2] = [
    shop("CITY TRANSIT TAP", "PORTLAND OR", "CITY TRANSIT", "transport"),
    shop("BRIDGE PARKING", "PORTLAND OR", "BRIDGE PARKING", "transportation"),
];
pub const ATMS: [Counterparty; 1] = [Counterparty {
    text: "ATM WITHDRAWAL 00217",
    place: "HARBOR CU MAIN ST",
    name: "",
    category: Some("general"),
    kind: "atm",
}];
pub const AIRLINE: Counterparty =
    shop("SKYLARK AIR 0162207", "SEATTLE WA", "SKYLARK AIR", "transportation");
pub const HOTEL: Counterparty =
    shop("HOTEL MERIDIAN", "LISBON PT", "HOTEL MERIDIAN", "accommodation");
pub const ABROAD: [Counterparty; 3] = [
    shop("PASTELARIA AURORA", "LISBON PT", "PASTELARIA AURORA", "dining"),
    shop("MERCADO DO RIO", "LISBON PT", "MERCADO DO RIO", "groceries"),
    shop("TAXI BELAVISTA", "LISBON PT", "TAXI BELAVISTA", "transport"),
];
