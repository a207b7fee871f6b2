//! Who banks here: two enrollments with six accounts, a third that is yet to be made, and what they
//! held on the first day.

/// One of the household's accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    Everyday,
    Savings,
    Platinum,
    Joint,
    Travel,
    Deposit,
    /// Of the bank that is yet to be connected, as is the next.
    Pocket,
    Holiday,
}

pub struct Institution {
    pub id: &'static str,
    pub name: &'static str,
    /// For `GET /identity`.
    pub owners: &'static [Owner],
}

pub struct Owner {
    pub name: &'static str,
    pub phone: &'static str,
    pub email: &'static str,
}

pub struct Spec {
    /// Index into [`INSTITUTIONS`]: one enrollment at each.
    pub enrollment: usize,
    pub name: &'static str,
    pub kind: &'static str,
    pub subtype: &'static str,
    pub last_four: &'static str,
    /// Minor units before the first day; what is owed is negative.
    pub opening: i64,
    /// Cards only.
    pub limit: Option<i64>,
}

pub const CURRENCY: &str = "USD";

pub const INSTITUTIONS: [Institution; 3] = [
    Institution { id: "harbor_cu", name: "Harbor Credit Union", owners: &[ROBIN] },
    Institution { id: "northwind_bank", name: "Northwind Bank", owners: &[ROBIN, SASHA] },
    Institution { id: "security_cu", name: "Security Credit Union", owners: &[ROBIN] },
];

/// So many of them from the start.
pub const ENROLLED: usize = 2;

const ROBIN: Owner =
    Owner { name: "ROBIN EXAMPLE", phone: "2175550142", email: "robin@example.com" };
const SASHA: Owner =
    Owner { name: "SASHA EXAMPLE", phone: "2175550143", email: "sasha@example.com" };

impl Slot {
    /// The household's, by index.
    pub const ALL: [Self; 6] =
        [Self::Everyday, Self::Savings, Self::Platinum, Self::Joint, Self::Travel, Self::Deposit];
    /// Those of the bank that is yet to be connected come last.
    pub const EVERY: [Self; 8] = [
        Self::Everyday,
        Self::Savings,
        Self::Platinum,
        Self::Joint,
        Self::Travel,
        Self::Deposit,
        Self::Pocket,
        Self::Holiday,
    ];

    pub fn index(self) -> usize {
        self as usize
    }

    pub fn spec(self) -> &'static Spec {
        &SPECS[self.index()]
    }

    /// Teller shows a card's purchases positive and its payments negative.
    pub fn is_card(self) -> bool {
        self.spec().limit.is_some()
    }
}

const SPECS: [Spec; 8] = [
    Spec {
        enrollment: 0,
        name: "Everyday Checking",
        kind: "depository",
        subtype: "checking",
        last_four: "4821",
        opening: 231_458,
        limit: None,
    },
    Spec {
        enrollment: 0,
        name: "Rainy Day Savings",
        kind: "depository",
        subtype: "savings",
        last_four: "9034",
        opening: 940_000,
        limit: None,
    },
    Spec {
        enrollment: 0,
        name: "Platinum Card",
        kind: "credit",
        subtype: "credit_card",
        last_four: "1177",
        opening: -48_620,
        limit: Some(800_000),
    },
    Spec {
        enrollment: 1,
        name: "Joint Checking",
        kind: "depository",
        subtype: "checking",
        last_four: "6605",
        opening: 190_533,
        limit: None,
    },
    Spec {
        enrollment: 1,
        name: "Travel Card",
        kind: "credit",
        subtype: "credit_card",
        last_four: "3390",
        opening: -21_240,
        limit: Some(1_200_000),
    },
    Spec {
        enrollment: 1,
        name: "12-Month CD",
        kind: "depository",
        subtype: "certificate_of_deposit",
        last_four: "0088",
        opening: 2_500_000,
        limit: None,
    },
    Spec {
        enrollment: 2,
        name: "Pocket Checking",
        kind: "depository",
        subtype: "checking",
        last_four: "7310",
        opening: 64_210,
        limit: None,
    },
    Spec {
        enrollment: 2,
        name: "Holiday Savings",
        kind: "depository",
        subtype: "savings",
        last_four: "2206",
        opening: 120_000,
        limit: None,
    },
];
