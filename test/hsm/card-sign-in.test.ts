/** The sign-in with a card through the whole console, on the demo's cards of SoftHSM. */
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { createEngineHost, DEMO_PEOPLE, type EngineHost } from '../../src/main/engine/index.ts';
import { temporaryFolder } from '../doors/support.ts';
import { cheapStretch, connectTo, movableRuntime, personWith, signIn } from '../support/people.ts';

const MINUTE_MS = 60_000;
const folder = temporaryFolder();
const runtime = movableRuntime();
let host: EngineHost;
let window: Client;

beforeAll(async () => {
  host = createEngineHost({
    ...{ dataFolder: folder.path, version: 'test', runtime, spawnHost: forkHost },
    stretchOfOperatorsInTests: cheapStretch,
  });
  window = connect();
  await window.vault.openDemo();
}, 120_000);
afterAll(async () => {
  await host.close();
  folder.remove();
});

/** A window of its own. */
function connect(): Client {
  const context = host.contextFor('loopback');
  return createRouterClient(host.router, { context: () => context });
}

const knownAs = (name: string) => DEMO_PEOPLE.find((one) => one.name === name)!;

async function byCard(name: string, pin = knownAs(name).cardPin!): Promise<Client> {
  const client = connect();
  await client.session.cardOfDemo({ name });
  await client.session.signIn({ name, passphrase: knownAs(name).passphrase, card: { pin } });
  return client;
}

/** Whoever has used a code uses another one next. */
const apps = new Map<string, ReturnType<typeof personWith>>();
let reader: Client | undefined;

async function byCode(name: string): Promise<Client> {
  const connected = await connectTo(host)();
  const person = apps.get(name) ?? personWith(knownAs(name), runtime);
  apps.set(name, person);
  await signIn(connected, person);
  return connected.client;
}

/** Details of the newest records of a kind, as somebody reads them who may see them. */
async function records(kind: string): Promise<Record<string, unknown>[]> {
  reader ??= await byCode('Mei Tran');
  const { audit } = reader;
  const { rows } = await audit.records({ kind, limit: 50 });
  const read = await Promise.all(rows.map(({ seq }) => audit.record({ seq })));
  return read.map(({ detail }) => JSON.parse(detail ?? '{}'));
}

const refusedWith = async (work: Promise<unknown>): Promise<{ code: string; requestId: string }> => {
  const error = await work.then(
    () => ({ code: 'done' }),
    (thrown: { code: string; data?: { requestId?: string } }) => thrown,
  );
  return { code: error.code, requestId: ('data' in error ? error.data?.requestId : '') ?? '' };
};

test('the card is offered, made when it is asked for, and opens a session that knows it', {
  timeout: 120_000,
}, async () => {
  expect((await window.session.current()).cardOffered).toBe(true);
  const { people } = await window.session.peopleOfDemo();
  expect(people.filter(({ cardPin }) => cardPin !== null).map(({ name }) => name)).toEqual([
    'Ines Vogt',
    'Pavel Horak',
    'Farid Aziz',
  ]);
  const ines = await byCard('Ines Vogt');
  expect(await ines.session.current()).toMatchObject({ secondFactor: 'hardware-token' });
  expect(await ines.operators.me()).toMatchObject({ card: { kind: 'software', algorithm: 'P-256' } });
  const pavel = await byCode('Pavel Horak');
  expect(await pavel.session.current()).toMatchObject({ secondFactor: 'totp' });
  expect(await window.session.cardInReader()).toMatchObject({ cards: [{ operatorName: 'Ines Vogt' }] });
  expect((await records('session.sign-in')).map(({ factor }) => factor)).toEqual(
    expect.arrayContaining(['totp', 'hardware-token']),
  );
  for (const name of ['Anna Berg', 'Nobody Here'])
    expect((await refusedWith(window.session.cardOfDemo({ name }))).code).toBe('NOT_PERMITTED');
});

test('a wrong PIN opens nothing; with a wrong passphrase the card is not even asked', {
  timeout: 120_000,
}, async () => {
  const passphrase = knownAs('Pavel Horak').passphrase;
  await window.session.cardOfDemo({ name: 'Pavel Horak' });
  const client = connect();
  const enter = (given: { passphrase: string; card?: { pin: string }; code?: string }) =>
    refusedWith(client.session.signIn({ name: 'Pavel Horak', ...given }));
  expect((await enter({ passphrase, card: { pin: '000000' } })).code).toBe('HSM_PIN_WRONG');
  const touched = (await records('hsm.card-refused')).length;
  expect((await enter({ passphrase: 'not that one', card: { pin: '314159' } })).code).toBe('SESSION_REFUSED');
  expect((await records('hsm.card-refused')).length).toBe(touched);
  expect((await client.session.current()).operator).toBeNull();
  expect((await records('session.refused')).map(({ reason }) => reason)).toEqual(
    expect.arrayContaining(['card', 'passphrase']),
  );
  // Somebody without a card is told so only once the passphrase was right.
  const anna = { name: 'Anna Berg', passphrase: knownAs('Anna Berg').passphrase, card: { pin: '1' } };
  expect((await refusedWith(client.session.signIn(anna))).code).toBe('HSM_CARD_UNKNOWN');
});

test('keys on tokens ask for a card of maker and checker, are told at once, and wait five minutes', {
  timeout: 180_000,
}, async () => {
  const typed = await byCode('Ines Vogt');
  await typed.hsm.setUpSoftware({ name: 'Embedded' });
  const { keyId } = await typed.hsm.generateKey({ name: 'Desk', algorithm: 'P-256' });
  const retire = (client: Client) => refusedWith(client.hsm.retireKey({ keyId, reason: 'its time is over' }));
  expect((await retire(typed)).code).toBe('APPROVAL_FACTOR_WEAK');
  const ines = await byCard('Ines Vogt');
  const { code, requestId } = await retire(ines);
  expect(code).toBe('APPROVAL_REQUIRED');
  const { rows: incidents } = await ines.incidents.list({ limit: 50 });
  const told = incidents.find(({ kind }) => kind === 'approvals.request')!;
  expect([told.severity, told.acknowledgeByMs! - told.raisedAtMs]).toEqual(['high', 5 * MINUTE_MS]);

  const vote = async (client: Client) => {
    const { commandHash } = await client.approvals.get({ requestId });
    return client.approvals.vote({ requestId, commandHash, decision: 'approve' });
  };
  const pavel = await byCode('Pavel Horak');
  expect(await pavel.approvals.get({ requestId })).toMatchObject({
    policyId: 'hsm-operations',
    rendered: { title: 'Let a key of a token sign no more', obstacle: null },
  });
  expect((await refusedWith(vote(pavel))).code).toBe('APPROVAL_FACTOR_WEAK');
  expect(await vote(await byCard('Pavel Horak'))).toMatchObject({ state: 'executed' });
  expect((await ines.hsm.keys()).find((key) => key.keyId === keyId)).toMatchObject({ state: 'retired' });

  // A request that nobody answers in five minutes is void, and its incident has gone one level up.
  const again = await refusedWith(ines.hsm.destroyKey({ keyId }));
  expect(again.code).toBe('APPROVAL_REQUIRED');
  runtime.advance(5 * MINUTE_MS);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await ines.approvals.get({ requestId: again.requestId })).toMatchObject({ state: 'expired' });
  const late = (await ines.incidents.list({ limit: 50 })).rows.filter(
    ({ kind }) => kind === 'approvals.request',
  );
  expect(late.some(({ level }) => level > 0)).toBe(true);
});

test('a card is enrolled by two, with its holder’s PIN; a lost one is taken away by one, and its session ends', {
  timeout: 180_000,
}, async () => {
  const farid = await byCard('Farid Aziz');
  const me = (await farid.operators.me())!;
  const ines = await byCode('Ines Vogt');
  const pavel = await byCode('Pavel Horak');
  expect((await refusedWith(farid.operators.removeSmartCard({ id: me.id }))).code).toBe('NOT_PERMITTED');
  expect(await ines.operators.removeSmartCard({ id: me.id })).toMatchObject({ card: null });
  expect((await farid.session.current()).operator).toBeNull();

  const wanted = { id: me.id, serial: me.card!.serial };
  const pin = knownAs('Farid Aziz').cardPin!;
  const { code, requestId } = await refusedWith(ines.operators.enrolSmartCard({ ...wanted, pin }));
  expect(code).toBe('APPROVAL_REQUIRED');
  const request = await pavel.approvals.get({ requestId });
  expect(request.raw).toContain(wanted.serial);
  expect(request.raw).not.toContain(pin);
  expect(request.rendered.title).toBe('Enrol a smart card for somebody');
  const { commandHash } = request;
  await pavel.approvals.vote({ requestId, commandHash, decision: 'approve' });
  expect((await ines.operators.list()).operators.find(({ id }) => id === me.id)!.card).toBeNull();
  expect(await ines.operators.enrolSmartCard({ ...wanted, pin })).toMatchObject({
    card: { serial: wanted.serial },
  });
  expect((await (await byCard('Farid Aziz')).session.current()).secondFactor).toBe('hardware-token');
  const own = { id: (await ines.operators.me())!.id, serial: 'x', pin: 'x' };
  expect((await refusedWith(ines.operators.enrolSmartCard(own))).code).toBe('APPROVAL_REQUIRED');
});
