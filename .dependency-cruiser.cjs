/**
 * The floors of the house. A room may import rooms on floors below its own and beside it, never
 * above; from another room only its face, `index.ts`; and no circle arises.
 */
const FLOORS = [
  ['contract', 'base', 'crypto', 'proof'],
  ['vault', 'sealing', 'messages', 'jobs', 'corpus'],
  ['keys', 'hsm', 'operators', 'audit', 'heartbeat', 'backup'],
  ['ledger', 'policies', 'approvals', 'ceremonies', 'incidents', 'compliance', 'privacy'],
  [
    'intake',
    'connectors',
    'statements',
    'receivables',
    'reconciliation',
    'dashboard',
    'search',
    'replay',
    'views',
    'breaks',
    'fraud',
    'settlement',
    'benchmark',
  ],
  ['engine'],
  ['doors'],
];

const placeOf = (room) => (room === 'contract' ? '^src/contract/' : `^src/main/${room}(/|\\.ts$)`);

const floorRules = FLOORS.slice(0, -1).map((rooms, floor) => ({
  name: `floor-${floor + 1}-looks-up`,
  comment: `A room on floor ${floor + 1} (${rooms.join(', ')}) imports a room on a floor above it.`,
  severity: 'error',
  from: { path: rooms.map(placeOf) },
  to: {
    path: [
      ...FLOORS.slice(floor + 1)
        .flat()
        .map(placeOf),
      '^src/(renderer|preload)/',
    ],
  },
}));

/** Modules of one room may lean on each other's types in a circle; values may not. */
const VALUES_ONLY = { viaOnly: { dependencyTypesNot: ['type-only', 'type-import'] } };

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'no-circle',
      comment: 'Modules that import each other cannot be understood one at a time.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, ...VALUES_ONLY },
    },
    {
      name: 'rooms-in-a-circle',
      comment: 'Rooms on one floor may lean on each other only one way.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/main/[^/]+$' },
      to: { path: '^src/main/[^/]+$', circular: true },
    },
    {
      name: 'face-only',
      comment: 'From another room only its index.ts may be imported.',
      severity: 'error',
      from: { path: '^src/main/([^/]+)/', pathNot: '^src/main/doors/' },
      to: {
        path: '^src/main/[^/]+/.+',
        pathNot: [
          '^src/main/$1/',
          '^src/main/[^/]+/index\\.ts$',
          '^src/main/base/(procedures|metrics)\\.ts$',
        ],
      },
    },
    {
      name: 'doors-face-only',
      comment: 'A door imports the faces of rooms, and of other doors only what they share.',
      severity: 'error',
      from: { path: '^src/main/doors/([^/]+)/' },
      to: {
        path: '^src/main/.+',
        pathNot: [
          '^src/main/doors/($1|shared)/',
          '^src/main/doors/[^/]+/(index|program)\\.ts$',
          '^src/main/[^/]+/index\\.ts$',
        ],
      },
    },
    {
      name: 'corpus-apart-from-engine',
      comment:
        'What matching is measured on is made without a look at how matching works, and the other way round.',
      severity: 'error',
      from: { path: '^src/main/corpus/' },
      to: { path: '^src/main/(reconciliation|benchmark)/' },
    },
    {
      name: 'engine-apart-from-corpus',
      comment: 'The matching engine knows nothing of the corpus that it is measured on.',
      severity: 'error',
      from: { path: '^src/main/reconciliation/' },
      to: { path: '^src/main/(corpus|benchmark)/' },
    },
    {
      name: 'contract-is-words',
      comment: 'The contract is read by the page too: nothing of Node, nothing of the engine.',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: ['^src/contract/', 'node_modules/(zod|@orpc/contract)/'] },
    },
    {
      name: 'proof-is-pure',
      comment: 'What verifies proofs stands alone: the static verifier is made of it.',
      severity: 'error',
      from: { path: '^src/main/proof/' },
      to: { pathNot: '^src/main/proof/' },
    },
    {
      name: 'verifier-is-small',
      comment: 'The static verifier is made of the proofs and three algorithms, and of nothing else.',
      severity: 'error',
      from: { path: '^src/verifier/' },
      to: { pathNot: ['^src/verifier/', '^src/main/proof/index\\.ts$', 'node_modules/@noble/'] },
    },
    {
      name: 'page-knows-the-contract',
      comment: 'The page imports nothing of the engine and nothing of Node.',
      severity: 'error',
      from: { path: '^src/renderer/' },
      to: { path: ['^src/main/', '^src/preload/', '^node:'], dependencyTypesNot: ['npm', 'npm-dev'] },
    },
    {
      name: 'page-uses-no-builtin',
      comment: 'The page runs in a sandbox without Node.',
      severity: 'error',
      from: { path: '^src/(renderer|preload)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'preload-is-thin',
      comment: 'The preload knows the words between page and shell, and nothing else of ours.',
      severity: 'error',
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: '^src/main/doors/electron/messages\\.ts$' },
    },
    {
      name: 'electron-in-one-place',
      comment: "Only the shell's main file and the preload import Electron; the rest is handed its parts.",
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main/doors/electron/main\\.ts$', '^src/preload/index\\.ts$'] },
      to: { path: ['^electron(/|$)', 'node_modules/electron/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sqlite-in-the-vault',
      comment: 'Only the vault opens a database file; the other rooms are given its connection.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/vault/' },
      to: { path: 'better-sqlite3', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-development-package',
      comment: 'What ships may import only what is installed with it.',
      severity: 'error',
      from: { path: '^src/(main|contract)/', pathNot: '^src/main/doors/electron/main\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
