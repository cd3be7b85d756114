import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOfCall } from '../support/refusal.ts';
import { openRoom, type Room } from './support.ts';

let room: Room;
beforeEach(async () => {
  room = await openRoom({ journal: { quorum: 2 } });
});
afterEach(() => room.close());

/** Writes past every trigger, as somebody with the keys of the file could. */
function write(sql: string, ...values: unknown[]): void {
  const { db } = room.test.vault;
  const triggers = db
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'approval%'`,
    )
    .all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  expect(db.prepare(sql).run(...values).changes).toBe(1);
}

/** Seals another command over the one that was asked for, with its right hash beside it. */
function exchangeCommand(requestId: string): void {
  const { vault, sealing } = room.test;
  const raw = room.approvals
    .get(undefined, requestId)
    .raw.replaceAll('"100"', '"900"')
    .replaceAll('"-100"', '"-900"');
  const id = vault.transaction(() =>
    sealing.seal({
      ...{ purpose: 'compliance_vault', retentionClass: 'approvals', table: 'approval_request' },
      ...{ column: 'command', applicationId: requestId, plaintext: raw },
    }),
  );
  write('UPDATE approval_request SET command_sealed_id = ? WHERE request_id = ?', id, requestId);
}

const rows = [
  ['the command is exchanged', 'APPROVAL_ALTERED', exchangeCommand],
  [
    'the hash is another',
    'APPROVAL_ALTERED',
    (id: string) => write('UPDATE approval_request SET command_hash = zeroblob(32) WHERE request_id = ?', id),
  ],
  [
    'the time to answer is made longer',
    'APPROVAL_ALTERED',
    (id: string) =>
      write('UPDATE approval_request SET expires_at_ms = expires_at_ms + 1 WHERE request_id = ?', id),
  ],
  [
    'the maker is another person',
    'APPROVAL_ALTERED',
    (id: string) => write('UPDATE approval_request SET maker_id = 4 WHERE request_id = ?', id),
  ],
  [
    'it seems to be asked for by the program',
    'APPROVAL_ALTERED',
    (id: string) =>
      write(
        `UPDATE approval_request SET maker_id = NULL, maker_key = NULL, maker_signature = NULL,
         asked_record = 1 WHERE request_id = ?`,
        id,
      ),
  ],
  [
    'a refusal is shown as an agreement',
    'APPROVAL_SIGNATURE_INVALID',
    () => write(`UPDATE approval_vote SET decision = 'approve' WHERE id = 1`),
    'veto',
  ],
  [
    'an answer is given to somebody else’s name',
    'APPROVAL_SIGNATURE_INVALID',
    () => write('UPDATE approval_vote SET operator_id = 7, right_of = 7 WHERE id = 1'),
  ],
  [
    'a byte of a signature is another',
    'APPROVAL_SIGNATURE_INVALID',
    () => write(`UPDATE approval_vote SET signature = zeroblob(length(signature)) WHERE id = 1`),
  ],
] as const;

describe('what is changed behind the program’s back is found', () => {
  it.each(rows)('%s: %s', async (_, code, change, first: 'approve' | 'veto' = 'approve') => {
    // A no of somebody who may not veto ends nothing, so that it could be turned round.
    if (first === 'veto') room.setTerms('journal', { vetoers: ['compliance-officer'] });
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    const { commandHash } = room.approvals.get(undefined, requestId);
    await room.vote('Dov', requestId, { decision: first });
    change(requestId);
    const hash = room.approvals.get(undefined, requestId).commandHash;
    expect(hash === commandHash || code === 'APPROVAL_ALTERED').toBe(true);
    expect(await codeOfCall(() => room.vote('Eva', requestId, { commandHash: hash }))).toBe(code);
    expect(room.entries()).toBe(0);
    expect(room.incidents.map(({ kind, severity }) => [kind, severity])).toContainEqual([
      'audit.approval-altered',
      'critical',
    ]);
  });

  it('an answer carried to a like request', async () => {
    const input = room.adjustment(100n);
    const first = await room.ask('Cleo', input);
    const second = await room.ask('Sem', input);
    await room.vote('Dov', first.requestId);
    write(
      `INSERT INTO approval_vote (request_id, operator_id, right_of, decision, reason_sealed_id, way,
         voted_at_ms, public_key, signature, record)
       SELECT 2, operator_id, right_of, decision, reason_sealed_id, way, voted_at_ms, public_key, signature,
         record FROM approval_vote WHERE id = 1`,
    );
    expect(await codeOfCall(() => room.vote('Eva', second.requestId))).toBe('APPROVAL_SIGNATURE_INVALID');
    expect(room.entries()).toBe(0);
  });

  it('a lent right that nobody has signed', async () => {
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    const given = { toId: room.id('Rita'), policyIds: ['journal'], reason: 'away' };
    const times = { fromMs: room.clock.nowMs(), untilMs: room.clock.nowMs() + 60_000 };
    room.approvals.delegate(room.seat('Dov'), { ...given, ...times }, { actor: 'operator-5', traceId: 't' });
    write('UPDATE approval_delegation SET to_id = ? WHERE id = 1', Number(room.id('Tom')));
    expect(await codeOfCall(() => room.vote('Tom', requestId))).toBe('APPROVAL_NOT_CHECKER');
    expect(await codeOfCall(() => room.vote('Rita', requestId))).toBe('APPROVAL_NOT_CHECKER');
  });
});
