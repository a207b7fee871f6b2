#![no_main]
#![allow(dead_code, reason = "the other targets' bodies are there too")]

#[path = "../../tests/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::dot_env(data));
