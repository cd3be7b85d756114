import { z } from 'zod';
import { query } from './common.ts';

/** One place where the console uses an algorithm. */
export const algorithmUse = z.object({
  /** What it does there, in one sentence. */
  where: z.string(),
  /** The key it works with, in words. */
  key: z.string(),
  /** Keys of the life cycle that stand behind this use now, by state. */
  keys: z.array(z.object({ state: z.string(), count: z.number().int() })),
});
export type AlgorithmUse = z.infer<typeof algorithmUse>;

export const inventoryAlgorithm = z.object({
  name: z.string(),
  primitive: z.string(),
  parameterSet: z.string().nullable(),
  standard: z.string(),
  oid: z.string().nullable(),
  /** What computes it in this process. */
  implementation: z.string(),
  classicalBits: z.number().int(),
  /** NIST's security category, 1 to 5; 0 where a quantum computer breaks it. */
  nistCategory: z.number().int(),
  quantumSafe: z.boolean(),
  /** Why it is, or is not. */
  reason: z.string(),
  /** Years from today for which it is relied on; 0 where it stands only inside a hybrid. */
  horizonYears: z.number().int(),
  draft: z.boolean(),
  /** `alone`, `in-hybrid` (only as a part), or `offered` (a profile may ask for it; nothing uses it now). */
  role: z.enum(['alone', 'in-hybrid', 'offered']),
  /** Hybrids that it is a part of. */
  partOf: z.array(z.string()),
  uses: z.array(algorithmUse),
});
export type InventoryAlgorithm = z.infer<typeof inventoryAlgorithm>;

export const cryptoInventory = z.object({
  takenAtMs: z.number(),
  version: z.string(),
  algorithms: z.array(inventoryAlgorithm),
  /** Keys of the life cycle, whatever their state. */
  keyCount: z.number().int(),
  /** What is wrong: an algorithm that a key names and nobody registered, or a weak one that stands alone. */
  findings: z.array(z.string()),
});
export type CryptoInventory = z.infer<typeof cryptoInventory>;

export const inventory = {
  /** Every algorithm the console uses, where and with which key, as it stands now. */
  get: query('read').output(cryptoInventory),
  /** The same as a CycloneDX 1.6 cryptography bill of materials, JSON text. */
  cbom: query('read').output(z.string()),
};
