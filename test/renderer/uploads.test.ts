import { describe, expect, it } from 'vitest';
import { rankOfHead } from '../../src/renderer/src/statements/rankOfHead.ts';

describe('rankOfHead', () => {
  it.each([
    ['customer_id,name,country,ibans,aliases\nC-1,…', 0],
    ['\uFEFFcustomer_id,name\n', 0],
    ['invoice_number,customer_id,kind,issued_on\n', 1],
    ['<?xml version="1.0"?><Document>', 2],
    [':20:STARTUMS\r\n:25:10020030/1234567', 2],
    ['', 2],
    ['name\ncustomer_id', 2],
  ])('%j comes in rank %d', (head, rank) => expect(rankOfHead(head)).toBe(rank));
});
