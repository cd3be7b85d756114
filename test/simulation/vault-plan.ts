import type { Random } from '../../build/sample-data/random.ts';

/** What people and the calendar do to keys, evidence, incidents and backups of a simulated vault. */
export type VaultOperation =
  /** A new version for one of the purposes. */
  | { readonly kind: 'rotate'; readonly pick: number }
  /** A successor for one key, whatever its type. */
  | { readonly kind: 'replace-key'; readonly pick: number }
  | { readonly kind: 'run-due' }
  | { readonly kind: 'compromise'; readonly pick: number }
  | { readonly kind: 'evidence'; readonly evidence: PlannedEvidence }
  | { readonly kind: 'hold'; readonly pick: number }
  | { readonly kind: 'release'; readonly pick: number }
  | {
      readonly kind: 'incident';
      readonly what: 'acknowledge' | 'escalate' | 'resolve';
      readonly pick: number;
    }
  /** Backs up to a file, which is then restored on trial. */
  | { readonly kind: 'backup' }
  /** Ships changes from now on; at the end they are restored to some record. */
  | { readonly kind: 'ship' };

export interface PlannedEvidence {
  readonly title: string;
  readonly sizeBytes: number;
  /** The byte that it consists of. */
  readonly fill: number;
  readonly held: boolean;
}

const KINDS = new Set<string>([
  'rotate',
  'replace-key',
  'run-due',
  'compromise',
  'evidence',
  'hold',
  'release',
  'incident',
  'backup',
  'ship',
] satisfies VaultOperation['kind'][]);

export const isVaultOperation = (operation: { readonly kind: string }): operation is VaultOperation =>
  KINDS.has(operation.kind);

export const contentOf = ({ sizeBytes, fill }: PlannedEvidence): Buffer => Buffer.alloc(sizeBytes, fill);

function oneOperation(number: number, random: Random): VaultOperation {
  const pick = random.int(0, 1_000);
  const kind = random.weighted([
    ['rotate', 30],
    ['replace-key', 15],
    ['run-due', 10],
    ['compromise', 10],
    ['evidence', 30],
    ['hold', 8],
    ['release', 8],
    ['incident', 12],
  ] as const);
  if (kind === 'run-due') return { kind };
  if (kind === 'evidence') {
    const sizeBytes = random.weighted([
      [0, 1],
      [700, 5],
      [200_000, 1],
    ]);
    const held = random.chance(300);
    return {
      kind,
      evidence: { title: `Evidence ${number}`, sizeBytes, fill: random.int(0, 255), held },
    };
  }
  if (kind !== 'incident') return { kind, pick };
  const what = random.weighted([
    ['acknowledge', 3],
    ['escalate', 1],
    ['resolve', 2],
  ] as const);
  return { kind, what, pick };
}

/** Work of the trust rooms for one vault. Backups are rare, because a restore reads all books through. */
export function vaultOperations(random: Random): VaultOperation[] {
  const count = random.int(2, 7);
  const operations = Array.from({ length: count }, (_, number) => oneOperation(number, random));
  const rare = random.int(0, 999);
  if (rare < 60) operations.push({ kind: 'backup' });
  else if (rare < 120) operations.unshift({ kind: 'ship' });
  return operations;
}

/** Puts one list into another at random places and keeps the order of each. */
export function interleave<T>(first: readonly T[], second: readonly T[], random: Random): T[] {
  const places = second.map(() => random.int(0, first.length)).sort((a, b) => a - b);
  const mixed = [...first];
  // From the end on, so that the places before stay what they are.
  for (let at = second.length - 1; at >= 0; at -= 1) mixed.splice(places[at]!, 0, second[at]!);
  return mixed;
}
