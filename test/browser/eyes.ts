/** A vault with five people in it and requests in every state: what the screens of four eyes are held against. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Page } from 'playwright-core';
import type { RoleId } from '../../src/contract/operators.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt } from '../../src/main/operators/totp.ts';
import { CAMT, CUSTOMERS, INVOICES } from './morning.ts';

const HOUR_MS = 3_600_000;
const STEP_MS = 30_000;

export const EYES_VAULT = 'Four eyes';
export const EYES_PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
export const PASSPHRASE = 'violet anchors drift past seven lanterns';

const secretOf = (last: string) => `GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ${last}`;
/** Two officers, one who asks, and two who agree. */
export const PEOPLE = {
  'Ada Weiss': secretOf('Q'),
  'Bo Lind': secretOf('R'),
  'Cleo Maas': secretOf('S'),
  'Dov Perl': secretOf('T'),
  'Eve Sand': secretOf('U'),
} as const;
export type Name = keyof typeof PEOPLE;

/** The code that somebody's app shows; each is taken once. */
export const codeOf = (name: Name, atMs: number) => hotp(fromBase32(PEOPLE[name])!, stepAt(atMs));

/** Signs in at the window, with the newest code that was not used here yet. */
const usedSteps = new Map<Name, number>();
export async function signIn(page: Page, name: Name): Promise<void> {
  const now = stepAt(Date.now());
  // The engine takes a code of the step before and the step after as well.
  const step = Math.max((usedSteps.get(name) ?? 0) + 1, now);
  while (step > stepAt(Date.now()) + 1) await new Promise((resolve) => setTimeout(resolve, 500));
  usedSteps.set(name, step);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Your passphrase').fill(PASSPHRASE);
  await page.getByLabel('Code of your app').fill(hotp(fromBase32(PEOPLE[name])!, step));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('.cs-frame').waitFor();
}

/** Leaves the window to the next person. */
export async function switchTo(page: Page, from: Name, to: Name): Promise<void> {
  await page.getByRole('button', { name: from }).click();
  await page.getByRole('menuitem', { name: 'Switch operator' }).click();
  await page.getByRole('heading', { level: 1, name: 'Who is there?' }).waitFor();
  await signIn(page, to);
}

type Refusal = { readonly code: string; readonly data: { readonly requestId: string } };

/** Sends what needs a second person; answers the request that it has become. */
async function asked(run: Promise<unknown>): Promise<string> {
  const refusal = await run.then(
    () => null,
    (error: Refusal) => error,
  );
  if (refusal?.code !== 'APPROVAL_REQUIRED') throw new Error(`not held: ${refusal?.code ?? 'it ran'}`);
  return refusal.data.requestId;
}

async function answer(
  checker: Client,
  requestId: string,
  decision: 'approve' | 'veto' = 'approve',
  reason?: string,
): Promise<string> {
  const { commandHash } = await checker.approvals.get({ requestId });
  const given = reason === undefined ? {} : { reason };
  const { state } = await checker.approvals.vote({ requestId, commandHash, decision, ...given });
  return state;
}

async function take(client: Client, path: string): Promise<void> {
  const bytes = readFileSync(path);
  const fileName = path.split('/').at(-1)!;
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: bytes.byteLength });
  await client.intake.write({ uploadId, offset: 0, bytes: new Blob([bytes]) });
  const { outcome } = await client.intake.finish({ uploadId });
  if (outcome !== 'imported') throw new Error(`${fileName} became ${outcome}`);
}

const uuid = (ordinal: number) => `01990000-0000-7000-8000-${String(ordinal).padStart(12, '0')}`;

/** The entry that stands in the books. */
export const POSTED = uuid(1);

/** Makes the vault in a data folder, as the last two hours would have left it. */
export async function makeEyesVault(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, 'countersign', 'vaults');
  mkdirSync(folder, { recursive: true });
  let nowMs = systemRuntime.nowMs() - 2 * HOUR_MS;
  const runtime = { ...systemRuntime, nowMs: () => nowMs };
  const host = createEngineHost({ dataFolder: folder, version: 'test', runtime });
  const factor = (name: Name) => {
    nowMs += STEP_MS;
    return { secret: PEOPLE[name], code: codeOf(name, nowMs) };
  };
  const enter = async (name: Name): Promise<Client> => {
    nowMs += STEP_MS;
    const context = host.contextFor('loopback');
    const client: Client = createRouterClient(host.router, { context: () => context });
    await client.session.signIn({ name, passphrase: PASSPHRASE, code: codeOf(name, nowMs) });
    return client;
  };
  const context = host.contextFor('loopback');
  const owner: Client = createRouterClient(host.router, { context: () => context });
  await owner.vault.create({ name: EYES_VAULT, passphrase: EYES_PASSPHRASE });
  const officers = (['Ada Weiss', 'Bo Lind'] as const).map((name) => ({
    name,
    passphrase: PASSPHRASE,
    secondFactor: factor(name),
  }));
  await owner.operators.nameOfficers({ officers });
  const ada = await enter('Ada Weiss');
  const bo = await enter('Bo Lind');
  const hire = async (name: Name, roles: RoleId[]) => {
    const person = { kind: 'person', name, passphrase: PASSPHRASE, roles } as const;
    const create = () => ada.operators.create({ ...person, secondFactor: factor(name) });
    await answer(bo, await asked(create()));
    await create();
  };
  await hire('Cleo Maas', ['treasury-analyst']);
  await hire('Dov Perl', ['treasury-approver']);
  await hire('Eve Sand', ['treasury-approver', 'risk-manager']);
  const cleo = await enter('Cleo Maas');
  for (const path of [CUSTOMERS, INVOICES, CAMT]) await take(cleo, path);
  await cleo.reconciliation.run();
  const dov = await enter('Dov Perl');
  await dov.ledger.closePeriod({ through: '2026-11-19' });
  const open = async (code: string, name: string, kind: 'asset' | 'expense') =>
    (await cleo.ledger.createAccount({ code, name, kind, currency: 'EUR' })).id;
  const [cash, fees] = [
    await open('1990', 'Cash by hand', 'asset'),
    await open('6990', 'Charges', 'expense'),
  ];
  const post = (ordinal: number, amountMinor: bigint, memo: string) =>
    cleo.ledger.post({
      entries: [
        {
          id: uuid(ordinal),
          effectiveDate: '2026-11-20',
          memo,
          postings: [
            { accountId: fees, amountMinor, currency: 'EUR' },
            { accountId: cash, amountMinor: -amountMinor, currency: 'EUR' },
          ],
        },
      ],
    });
  await answer(dov, await asked(post(1, 310_000n, 'Charges of October, stated late')));
  await answer(dov, await asked(post(2, 99_900n, 'Charges twice')), 'veto', 'Booked on Tuesday already.');
  nowMs += 20 * 60_000;
  await asked(post(3, 1_250_000n, 'Charges of the year before'));
  await asked(post(4, 480_050n, 'Charges of November'));
  await asked(post(5, 12_075n, 'Postage'));
  await asked(cleo.ledger.reverse({ entryId: POSTED, reason: 'Stated to the wrong account.' }));
  const withdrawn = await asked(post(6, 1n, 'A cent'));
  await cleo.approvals.withdraw({ requestId: withdrawn });
  const { operators } = await ada.operators.list();
  const idOf = (name: Name) => operators.find((one) => one.name === name)!.id;
  await asked(ada.operators.setRoles({ id: idOf('Dov Perl'), roles: ['treasury-approver', 'risk-manager'] }));
  const { policy } = await ada.policies.get({ policyId: 'journal' });
  const clauses = { ...policy.clauses, quorum: 2, retentionYears: 7 };
  const terms = { policyId: 'journal', baseVersion: policy.version, commands: policy.commands, clauses };
  await asked(ada.policies.change({ ...terms, reason: 'The auditors ask for two.' }));
  await host.close();
}
