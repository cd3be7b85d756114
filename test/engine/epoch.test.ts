import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, traverseContractProcedures } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import type { CallContext } from '../../src/main/base/procedures.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import {
  type Connected,
  cheapStretch,
  connectTo,
  movableRuntime,
  namePeople,
  type People,
} from '../support/people.ts';
import { OF_NO_EFFECT } from './no-effect.ts';

const PASSPHRASE = 'seven quiet herons on a ledge';
const REFUSED = { code: 'AUDIT_EPOCH_UNSIGNED' };

/** Every command that asks for a permission, but the two that lead out of an unsigned epoch. */
const commands: (readonly string[])[] = [];
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  const { command, permission } = procedure['~orpc'].meta;
  const leadsOut = ['audit.signEpoch', 'operators.nameOfficers'].includes(path.join('.'));
  if (command && permission !== 'open' && !leadsOut) commands.push(path);
});

describe('a vault with two officers, restored and opened', () => {
  let folder: string;
  let host: EngineHost;
  let people: People;
  let ada: Connected;
  let bo: Connected;
  const clock = movableRuntime();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-epoch-'));
    host = createEngineHost({
      ...{ dataFolder: folder, version: 'test', runtime: clock },
      stretchOfOperatorsInTests: cheapStretch,
    });
    const connect = connectTo(host);
    const { client } = await connect();
    await client.vault.create({ name: 'desk', passphrase: PASSPHRASE });
    people = await namePeople(connect, clock);
    const officer = await people.seatOf(people.officers[0]);
    const { path: source } = await officer.client.backup.create({});
    expect(await officer.client.audit.epoch()).toMatchObject({ epoch: 0, signed: true });
    await client.vault.lock();
    const secret = { passphrase: PASSPHRASE };
    const { directory } = await client.vault.restoreBackup({ source, name: 'copy', secret });
    await client.vault.open({ directory, passphrase: PASSPHRASE });
    ada = await people.seatOf(people.officers[0]);
    bo = await people.seatOf(people.officers[1]);
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The officer's session as the host gives it, as if its role held every permission. */
  const almighty = ({ context }: Connected): CallContext => ({
    ...context!,
    session: { ...context!.session!, permissions: new Set(permissions) },
  });

  async function outcomeOf(path: readonly string[]): Promise<unknown> {
    const procedure = path.reduce<unknown>((at, name) => Reflect.get(at as object, name), host.router);
    const input = OF_NO_EFFECT[path.join('.')] ?? {};
    try {
      await call(procedure as Parameters<typeof call>[0], input, { context: almighty(ada), path });
      return 'done';
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  }

  async function expectEverythingRefused(): Promise<void> {
    const outcomes = new Map<string, unknown>();
    for (const path of commands) outcomes.set(path.join('.'), await outcomeOf(path));
    const others = [...outcomes].filter(([, code]) => code !== REFUSED.code);
    expect(others).toEqual([]);
  }

  it('refuses every command but those that lead out of it, and reads on', async () => {
    expect(commands.length).toBeGreaterThan(40);
    expect(await ada.client.audit.epoch()).toMatchObject({ epoch: 1, signed: false, signatures: [] });
    await expectEverythingRefused();
    await expect(ada.client.backup.create({})).rejects.toMatchObject(REFUSED);
    const { rows } = await ada.client.audit.records({ kind: 'backup.restore' });
    expect(rows).toHaveLength(1);
    // The door back to the naming of officers is open, and refuses for a reason of its own.
    const named = ada.client.operators.nameOfficers({ officers: [] as never });
    await expect(named).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('refuses them still when one officer has signed, who cannot sign twice', async () => {
    const once = await ada.client.audit.signEpoch();
    expect(once).toMatchObject({ epoch: 1, signed: false });
    expect(once.signatures).toHaveLength(1);
    await expectEverythingRefused();
    await expect(ada.client.audit.signEpoch()).rejects.toMatchObject({ code: 'AUDIT_EPOCH_SIGNED' });
    // Neither does another connection make one person two.
    const elsewhere = await people.at(people.officers[0]);
    await expect(elsewhere.client.audit.signEpoch()).rejects.toMatchObject({ code: 'AUDIT_EPOCH_SIGNED' });
    expect((await bo.client.audit.epoch()).signatures).toHaveLength(1);
    elsewhere.context?.seat?.leave();
  });

  it('goes on when the second officer has signed, and takes no third signature', async () => {
    expect(await bo.client.audit.signEpoch()).toMatchObject({ epoch: 1, signed: true });
    await expect(ada.client.audit.signEpoch()).rejects.toMatchObject({ code: 'AUDIT_EPOCH_SIGNED' });
    expect((await bo.client.backup.create({})).path).toMatch(/\S/);
    const analyst = await people.hire('Hired analyst', ['treasury-analyst']);
    const { client } = await people.at(analyst);
    expect(await client.session.current()).toMatchObject({ operator: { name: analyst.name } });
    const { rows } = await ada.client.audit.records({ kind: 'audit.sign-epoch' });
    expect(new Set(rows.map(({ actor }) => actor)).size).toBe(2);
  });
});
