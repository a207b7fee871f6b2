//! Damage to what the program keeps, and what it then says.

mod damage;
