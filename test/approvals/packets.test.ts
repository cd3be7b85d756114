import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packet, packetForm } from '../../src/main/approvals/packet-form.ts';
import { fileText, readFile, signedPart } from '../../src/main/approvals/packet-text.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import {
  DAY_MS,
  openWorkstation,
  refusalOf,
  type Stranger,
  stranger,
  type Workstation,
} from './packets-support.ts';

const START_MS = Date.UTC(2026, 2, 2, 8);

/** Where the request is made, and where it is answered. */
let first: Workstation;
let second: Workstation;
/** Cleo makes requests; Dov and Eve check them there, Dov from the other console. */
let cleo: Client;
let dovThere: Client;
let ids: { cleo: string; dov: string; eve: string };
let eve: Stranger;
let accounts: string[];
let serial = 0;

/** A request to post a made-up entry, and what every answer to it says. */
async function ask(): Promise<string> {
  serial += 1;
  const id = `01890000-0000-7000-8000-${String(serial).padStart(12, '0')}`;
  const postings = accounts.map((accountId, at) => ({
    accountId,
    amountMinor: BigInt(serial) * (at === 0 ? 100n : -100n),
    currency: 'EUR',
  }));
  const entries = [{ id, effectiveDate: '2026-03-01', memo: `“carried” № ${serial}`, postings }];
  return (await refusalOf(cleo.ledger.post({ entries }))).data.requestId;
}

const exported = async (requestId: string) => (await cleo.approvals.exportPacket({ requestId })).text;
const read = (text: string) => readFile(packetForm, text);

/** An answer of Dov's, signed on the other console. */
async function answered(text: string, decision: 'approve' | 'veto' = 'approve'): Promise<string> {
  const { commandHash, signerFingerprint: trust } = await dovThere.approvals.readPacket({ text });
  return (await dovThere.approvals.answerPacket({ text, commandHash, decision, trust })).text;
}

const saidOf = (packet: Packet) => ({
  vault: packet.vault,
  request: packet.request,
  procedure: packet.procedure,
  commandHash: packet.commandHash,
  policy: packet.policy.id,
  version: packet.policy.version,
  decision: 'approve' as const,
  reason: null,
  expiresAtMs: packet.expiresAtMs,
});

const take = (text: string) => cleo.approvals.takeAnswer({ text });
const codeOf = async (call: Promise<unknown>) => (await refusalOf(call)).code;

beforeAll(async () => {
  [first, second] = await Promise.all([openWorkstation(START_MS), openWorkstation(START_MS)]);
  ids = {
    cleo: await first.hire('Cleo Maas', ['treasury-analyst']),
    dov: await first.hire('Dov Perl', ['treasury-approver']),
    eve: await first.hire('Eve Oduya', ['treasury-approver']),
  };
  await second.hire('Dov Perl', ['treasury-approver']);
  second.clock.advance(first.clock.nowMs() - second.clock.nowMs());
  cleo = await first.signIn('Cleo Maas');
  dovThere = await second.signIn('Dov Perl');
  eve = stranger();
  await first.enrol(ids.dov, (await dovThere.approvals.card()).text);
  await first.enrol(ids.eve, eve.card());
  const made = ['9001', '9002'].map((code) =>
    cleo.ledger.createAccount({ code, name: `Account ${code}`, kind: 'asset', currency: 'EUR' }),
  );
  accounts = (await Promise.all(made)).map(({ id }) => id);
}, 120_000);
afterAll(async () => {
  await first.close();
  await second.close();
});

describe('a request between two consoles without a network', () => {
  it('is carried over, answered, carried back and run, with a record on each side', async () => {
    const requestId = await ask();
    const head = (await dovThere.audit.head())!.seq;
    const text = await exported(requestId);
    const shown = await dovThere.approvals.readPacket({ text });
    expect(shown).toMatchObject({
      isOwn: false,
      requestId,
      procedure: 'ledger.post',
      policyId: 'journal',
      makerName: 'Cleo Maas',
      signerName: 'Cleo Maas',
      signerKnownAs: null,
      isMine: false,
    });
    const here = await cleo.approvals.get({ requestId });
    expect(shown.raw).toBe(here.raw);
    expect(shown.commandHash).toBe(here.commandHash);
    expect([shown.title, shown.lines]).toEqual([here.rendered.title, here.rendered.lines]);
    // Reading has written nothing.
    expect((await dovThere.audit.head())!.seq).toBe(head);

    const answer = await dovThere.approvals.answerPacket({
      ...{ text, commandHash: shown.commandHash, decision: 'approve', reason: 'looked at it' },
      trust: shown.signerFingerprint,
    });
    expect((await dovThere.audit.head())!.seq).toBe(head + 1n);
    const there = await dovThere.audit.record({ seq: head + 1n });
    expect(there.record.kind).toBe('approvals.answer-packet');
    expect(JSON.parse(there.detail!)).toMatchObject({ request: requestId, packetSignerKnown: false });

    const done = await take(answer.text);
    expect(done).toMatchObject({ state: 'executed', failure: null });
    expect(done.votes).toMatchObject([
      { operatorName: 'Dov Perl', way: 'packet', decision: 'approve', reason: 'looked at it', counts: true },
    ]);
    const record = await cleo.audit.record({ seq: done.executedRecord! });
    expect(JSON.parse(record.detail!).checkers).toMatchObject([{ name: 'Dov Perl', way: 'packet' }]);
    expect((await cleo.system.verify()).verified).toBe(true);
  });

  it('is refused by a veto that was signed elsewhere, and does not run', async () => {
    const requestId = await ask();
    const vetoed = await take(await answered(await exported(requestId), 'veto'));
    expect(vetoed).toMatchObject({ state: 'vetoed', executedRecord: null });
  });

  it('needs no comparing by hand where the packet’s signer has a card there', async () => {
    const text = await exported(await ask());
    const { commandHash } = await dovThere.approvals.readPacket({ text });
    const untrusted = dovThere.approvals.answerPacket({ text, commandHash, decision: 'approve' });
    expect(await codeOf(untrusted)).toBe('PACKET_SIGNER_UNKNOWN');
    const trust = 'a'.repeat(64);
    const wrong = dovThere.approvals.answerPacket({ text, commandHash, decision: 'approve', trust });
    expect(await codeOf(wrong)).toBe('PACKET_SIGNER_UNKNOWN');
    const cleoThere = await second.hire('Cleo Maas', ['treasury-analyst']);
    await second.enrol(cleoThere, (await cleo.approvals.card()).text);
    const shown = await dovThere.approvals.readPacket({ text });
    expect(shown.signerKnownAs).toBe('Cleo Maas');
    const answer = await dovThere.approvals.answerPacket({ text, commandHash, decision: 'approve' });
    expect(await take(answer.text)).toMatchObject({ state: 'executed' });
  });

  it('leaves a record where it is exported, and a file for its maker alone', async () => {
    const requestId = await ask();
    const head = (await cleo.audit.head())!.seq;
    const { name, text } = await cleo.approvals.exportPacket({ requestId });
    const record = await cleo.audit.record({ seq: head + 1n });
    expect(record.record).toMatchObject({ kind: 'approvals.export-packet' });
    const folder = mkdtempSync(join(tmpdir(), 'countersign-stick-'));
    try {
      const { path } = await cleo.approvals.saveFile({ text, folder });
      expect(path).toBe(join(folder, name));
      expect(readFileSync(path, 'utf8')).toBe(text);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await codeOf(cleo.approvals.saveFile({ text, folder }))).toBe('PACKET_NOT_SAVED');
      expect(await codeOf(cleo.approvals.saveFile({ text: 'x', folder }))).toBe('PACKET_INVALID');
      for (const nowhere of ['stick', join(folder, 'missing'), path]) {
        expect(await codeOf(cleo.approvals.saveFile({ text, folder: nowhere }))).toBe('PACKET_NOT_SAVED');
      }
      const card = await dovThere.approvals.card();
      expect((await cleo.approvals.saveFile({ text: card.text, folder })).path).toBe(join(folder, card.name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('an answer', () => {
  it.each<[string, string, (said: ReturnType<typeof saidOf>, text: string) => string | Promise<string>]>([
    [
      'of an earlier command',
      'PACKET_OUT_OF_ORDER',
      (said) => eve.answer({ ...said, commandHash: 'b'.repeat(64) }),
    ],
    [
      'of another procedure',
      'PACKET_OUT_OF_ORDER',
      (said) => eve.answer({ ...said, procedure: 'ledger.reverse' }),
    ],
    ['of another policy', 'PACKET_OUT_OF_ORDER', (said) => eve.answer({ ...said, policy: 'people' })],
    ['of an earlier version', 'PACKET_OUT_OF_ORDER', (said) => eve.answer({ ...said, version: 2 })],
    ['with more time', 'PACKET_OUT_OF_ORDER', (s) => eve.answer({ ...s, expiresAtMs: s.expiresAtMs + 1 })],
    [
      'to a request that is not there',
      'PACKET_OUT_OF_ORDER',
      (said) => eve.answer({ ...said, request: 'gone' }),
    ],
    [
      'to a request of another vault',
      'PACKET_FOREIGN',
      (said) => eve.answer({ ...said, vault: 'x'.repeat(26) }),
    ],
    ['of a key without a card', 'PACKET_SIGNER_UNKNOWN', (said) => stranger().answer(said)],
    ['that is a packet', 'PACKET_INVALID', (_, text) => text],
    ['that is nothing of ours', 'PACKET_INVALID', () => '{"form":"countersign approval answer v1"}'],
    [
      'written in another way',
      'PACKET_INVALID',
      (said) => eve.answer(said).replace('"vault": ', '"vault":  '),
    ],
    ['with a member more', 'PACKET_INVALID', (s) => eve.answer(s).replace('{\n', '{\n "extra": 1,\n')],
    [
      'signed for another request',
      'APPROVAL_SIGNATURE_INVALID',
      async (said) => {
        const other = read(await exported(await ask()));
        return eve
          .answer(saidOf(other))
          .replaceAll(other.request, said.request)
          .replace(other.commandHash, said.commandHash);
      },
    ],
    [
      'shown as a yes that was a veto',
      'APPROVAL_SIGNATURE_INVALID',
      (said) => eve.answer({ ...said, decision: 'veto' as never }).replace('"veto"', '"approve"'),
    ],
    [
      'with another reason',
      'APPROVAL_SIGNATURE_INVALID',
      (said) => eve.answer({ ...said, reason: 'because' as never }).replace('because', 'becauze'),
    ],
    [
      'under another’s name',
      'APPROVAL_SIGNATURE_INVALID',
      async (said) => {
        const dov = JSON.parse((await dovThere.approvals.card()).text).fingerprint;
        return eve.answer(said).replace(eve.fingerprint, dov);
      },
    ],
  ])('%s is refused with %s', async (_, code, forge) => {
    const requestId = await ask();
    const text = await exported(requestId);
    const given = await forge(saidOf(read(text)), text);
    const head = (await cleo.audit.head())!.seq;
    expect(await codeOf(take(given))).toBe(code);
    expect((await cleo.approvals.get({ requestId })).votes).toEqual([]);
    expect((await cleo.audit.head())!.seq).toBe(head);
  });

  it('counts once: replayed it is refused, before and after the run', async () => {
    const text = await answered(await exported(await ask()), 'veto');
    await take(text);
    expect(await codeOf(take(text))).toBe('PACKET_REPLAYED');
    const run = await answered(await exported(await ask()));
    expect(await take(run)).toMatchObject({ state: 'executed' });
    expect(await codeOf(take(run))).toBe('PACKET_REPLAYED');
  });

  it('that comes after another is told that the request is decided', async () => {
    const text = await exported(await ask());
    const [one, other] = [await answered(text), await answered(text, 'veto')];
    expect(await take(one)).toMatchObject({ state: 'executed' });
    expect(await codeOf(take(other))).toBe('APPROVAL_RUN_ALREADY');
    expect(await codeOf(take(eve.answer(saidOf(read(text)))))).toBe('APPROVAL_RUN_ALREADY');
  });

  it('to a request that was withdrawn, or is over, is refused', async () => {
    const gone = await ask();
    const answer = await answered(await exported(gone));
    await cleo.approvals.withdraw({ requestId: gone });
    expect(await codeOf(take(answer))).toBe('APPROVAL_WITHDRAWN');
  });

  it('taken in where it was signed is of another vault', async () => {
    const answer = await answered(await exported(await ask()));
    expect(await codeOf(dovThere.approvals.takeAnswer({ text: answer }))).toBe('PACKET_FOREIGN');
  });

  it('of the maker is refused under whatever card or key', async () => {
    const said = saidOf(read(await exported(await ask())));
    // A card for the maker: another key, the same person.
    const other = stranger();
    await first.enrol(ids.cleo, other.card('Cleo Maas'));
    expect(await codeOf(take(other.answer(said)))).toBe('APPROVAL_SELF');
    // The maker's own key, which nobody else can have: told by the key alone.
    const { fingerprint } = JSON.parse((await cleo.approvals.card()).text);
    const own = other.answer(said).replace(other.fingerprint, fingerprint);
    expect(await codeOf(take(own))).toBe('APPROVAL_SELF');
  });

  it('counts no more once another card was enrolled, nor where the person was disabled', async () => {
    const said = saidOf(read(await exported(await ask())));
    const old = stranger();
    const hal = await first.hire('Hal Brandt', ['treasury-approver']);
    await first.enrol(hal, old.card());
    const next = stranger();
    await first.enrol(hal, next.card());
    expect(await codeOf(take(old.answer(said)))).toBe('PACKET_SIGNER_UNKNOWN');
    const ada = await first.signIn('Ada Weiss');
    await ada.operators.disable({ id: hal });
    expect(await codeOf(take(next.answer(said)))).toBe('APPROVAL_NOT_CHECKER');
  });

  it('of somebody without the role is refused', async () => {
    const gus = await first.hire('Gus Tamm', ['trader']);
    const key = stranger();
    await first.enrol(gus, key.card());
    const said = saidOf(read(await exported(await ask())));
    expect(await codeOf(take(key.answer(said)))).toBe('APPROVAL_NOT_CHECKER');
  });
});

describe('a packet', () => {
  it('is refused with any one byte changed', async () => {
    const text = await exported(await ask());
    await eachByte(text, (changed) => dovThere.approvals.readPacket({ text: changed }), ['PACKET_INVALID']);
  }, 120_000);

  it('whose words were changed and signed anew shows another signer', async () => {
    const packet = read(await exported(await ask()));
    const forger = stranger();
    const rendered = { title: 'Post nothing at all', lines: [] };
    const signer = { name: packet.signer.name, publicKey: forger.publicKey.toString('base64') };
    const forged = { ...packet, rendered, signer, signature: '' };
    const signature = forger.sign('approval-packet', signedPart(forged)).toString('base64');
    const text = fileText({ ...forged, signature });
    const shown = await dovThere.approvals.readPacket({ text });
    expect(shown).toMatchObject({
      title: 'Post nothing at all',
      signerKnownAs: null,
      signerFingerprint: forger.fingerprint,
    });
    const { commandHash } = shown;
    expect(await codeOf(dovThere.approvals.answerPacket({ text, commandHash, decision: 'approve' }))).toBe(
      'PACKET_SIGNER_UNKNOWN',
    );
  });

  it.each<[string, (packet: Packet, by: Stranger) => Packet]>([
    ['another command', (p) => ({ ...p, command: p.command.replace('carried', 'curried') })],
    ['another procedure', (p) => ({ ...p, procedure: 'ledger.reverse' })],
    ['more time', (p) => ({ ...p, expiresAtMs: p.expiresAtMs + DAY_MS })],
    ['another version', (p) => ({ ...p, policy: { ...p.policy, version: 7 } })],
    ['another vault', (p) => ({ ...p, vault: 'x'.repeat(26) })],
    [
      'another maker',
      (p, by) => ({ ...p, maker: { ...p.maker, publicKey: by.publicKey.toString('base64') } }),
    ],
    ['a command that is not canonical', (p) => ({ ...p, command: ` ${p.command}` })],
  ])('signed anew with %s is no packet', async (_, change) => {
    const forger = stranger();
    const packet = read(await exported(await ask()));
    const signer = { name: 'X', publicKey: forger.publicKey.toString('base64') };
    const forged = { ...change(packet, forger), signer, signature: '' };
    const signature = forger.sign('approval-packet', signedPart(forged)).toString('base64');
    const text = fileText({ ...forged, signature });
    expect(await codeOf(dovThere.approvals.readPacket({ text }))).toBe('PACKET_INVALID');
  });

  it('is not answered as another than it was shown', async () => {
    const text = await exported(await ask());
    const answer = dovThere.approvals.answerPacket({
      text,
      commandHash: 'c'.repeat(64),
      decision: 'approve',
    });
    expect(await codeOf(answer)).toBe('APPROVAL_ALTERED');
  });

  it('is not answered by who asked, nor by nobody', async () => {
    const text = await exported(await ask());
    const { commandHash, isMine } = await cleo.approvals.readPacket({ text });
    expect(isMine).toBe(true);
    const dov = await first.signIn('Dov Perl');
    expect((await dov.approvals.readPacket({ text })).isOwn).toBe(true);
    expect(await codeOf(cleo.approvals.answerPacket({ text, commandHash, decision: 'approve' }))).toMatch(
      /^(APPROVAL_SELF|NOT_PERMITTED)$/,
    );
    const nobody = second.connect();
    expect(await codeOf(nobody.approvals.answerPacket({ text, commandHash, decision: 'approve' }))).toBe(
      'NOT_SIGNED_IN',
    );
  });

  it('is made of an open request alone', async () => {
    const requestId = await ask();
    await cleo.approvals.withdraw({ requestId });
    expect(await codeOf(cleo.approvals.exportPacket({ requestId }))).toBe('APPROVAL_CLOSED');
    expect(await codeOf(cleo.approvals.exportPacket({ requestId: 'none' }))).toBe('APPROVAL_UNKNOWN');
  });
});

describe('an answer, byte for byte', () => {
  it('is refused with any one changed', async () => {
    const requestId = await ask();
    const text = await answered(await exported(requestId));
    await eachByte(text, take, [
      'PACKET_INVALID',
      'PACKET_FOREIGN',
      'PACKET_OUT_OF_ORDER',
      'PACKET_SIGNER_UNKNOWN',
      'APPROVAL_SIGNATURE_INVALID',
    ]);
    expect((await cleo.approvals.get({ requestId })).votes).toEqual([]);
    // And as it is, it is taken.
    expect(await take(text)).toMatchObject({ state: 'executed' });
  }, 120_000);
});

describe('a card', () => {
  const enrol = async (operatorId: string, text: string) =>
    codeOf((await first.signIn('Ada Weiss')).approvals.enrolCard({ operatorId, text }));

  it('is enrolled by two, and for one person only', async () => {
    // It is asked for first: what is wrong with it is said to the checker, and refused when it runs.
    expect(await enrol(ids.dov, stranger().card())).toBe('APPROVAL_REQUIRED');
    const before = await first.signIn('Bo Lind');
    const failed = async (operatorId: string, text: string) => {
      const ada = await first.signIn('Ada Weiss');
      const { data } = await refusalOf(ada.approvals.enrolCard({ operatorId, text }));
      const { commandHash } = await before.approvals.get({ requestId: data.requestId });
      const done = await before.approvals.vote({
        requestId: data.requestId,
        commandHash,
        decision: 'approve',
      });
      return done.failure?.code;
    };
    expect(await failed(ids.dov, eve.card())).toBe('CARD_KEY_TAKEN');
    const dovHere = await first.signIn('Dov Perl');
    const own = (await dovHere.approvals.card()).text;
    expect(await failed(ids.dov, own)).toBe('CARD_KEY_TAKEN');
    expect(await failed(ids.eve, own)).toBe('CARD_KEY_TAKEN');
    expect(await failed(ids.eve, eve.card().replace('Eve Oduya', 'Eva Oduya'))).toBe('CARD_INVALID');
    expect(await failed('999', stranger().card())).toBe('OPERATOR_UNKNOWN');
  });

  it('is refused with any one byte changed', async () => {
    const { readCard } = await import('../../src/main/approvals/card-form.ts');
    const text = stranger('Ed25519+ML-DSA-87').card();
    expect(readCard(text).suite).toBe('Ed25519+ML-DSA-87');
    await eachByte(text, async (changed) => readCard(changed), ['CARD_INVALID']);
  }, 60_000);

  it('is of whoever is signed in', async () => {
    expect(await codeOf(first.connect().approvals.card())).toBe('NOT_SIGNED_IN');
  });
});

describe('time', () => {
  it('ends packets and answers alike', async () => {
    const text = await exported(await ask());
    const answer = await answered(text);
    second.clock.advance(first.clock.nowMs() - second.clock.nowMs() + DAY_MS);
    first.clock.advance(DAY_MS);
    cleo = await first.signIn('Cleo Maas');
    dovThere = await second.signIn('Dov Perl');
    expect(await codeOf(take(answer))).toBe('APPROVAL_EXPIRED');
    expect(await codeOf(dovThere.approvals.readPacket({ text }))).toBe('APPROVAL_EXPIRED');
  });
});

/** In long runs of Base 64, of which every byte is like the others, one in so many is changed, and both ends. */
const STRIDE = 7;
const END_BYTES = 6;

/** Whether a byte is to be tried: each outside of keys and signatures, and a part of those within. */
function isTried(text: Buffer, at: number): boolean {
  const around = text.subarray(Math.max(0, at - END_BYTES), at + END_BYTES).toString('latin1');
  return at % STRIDE === 0 || !/^[A-Za-z0-9+/]{12}$/.test(around);
}

/** Changes one byte after another, and expects each to be refused with one of the codes. */
async function eachByte(
  text: string,
  use: (changed: string) => Promise<unknown>,
  codes: readonly string[],
): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  const whole = Buffer.from(bytes);
  const found = new Map<string, number>();
  for (let at = 0; at < bytes.length; at += 1) {
    if (!isTried(whole, at)) continue;
    const before = bytes[at]!;
    // Another character of the same kind where there is one, so that more than the form is tried.
    bytes[at] = /[A-Za-z0-9]/.test(String.fromCharCode(before)) ? before ^ 1 : before ^ 2;
    const code = await codeOf(use(bytes.toString('utf8'))).catch(() => `nothing at byte ${at}`);
    found.set(code, (found.get(code) ?? 0) + 1);
    bytes[at] = before;
  }
  expect([...found.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(900);
}
