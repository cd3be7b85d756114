import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { RoleId } from '../../src/contract/operators.ts';
import { writeCard } from '../../src/main/approvals/card-form.ts';
import { ANSWER_FORM, type Answer } from '../../src/main/approvals/packet-form.ts';
import { fileText } from '../../src/main/approvals/packet-text.ts';
import {
  APPROVAL_PURPOSE,
  fingerprintOf,
  type SignedStatement,
  signedMessage,
} from '../../src/main/approvals/signed.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { hybridSignatures, sha256 } from '../../src/main/crypto/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { fromBase32, hotp, stepAt, toBase32 } from '../../src/main/operators/totp.ts';
import { fixedClockRuntime } from '../support/vault.ts';

const VAULT = 'seven quiet herons on a ledge';
const PASSPHRASE = 'violet anchors drift past seven lanterns';
const secretOf = (name: string) => toBase32(sha256(Buffer.from(name)).subarray(0, 20));
export const DAY_MS = 86_400_000;

export type Refusal = { readonly code: string; readonly data: { readonly requestId: string } };

/** What a call was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const done = await call.then(
    () => 'nothing was refused',
    (thrown: Refusal) => thrown,
  );
  if (typeof done === 'string') throw new Error(done);
  return done;
}

/** A whole console on a vault of its own, as one of several workstations that share no network. */
export interface Workstation {
  readonly clock: { advance(byMs: number): void; nowMs(): number };
  readonly folder: string;
  /** A connection with nobody signed in. */
  connect(): Client;
  signIn(name: string): Promise<Client>;
  /** Names somebody, by the two officers. */
  hire(name: string, roles: RoleId[]): Promise<string>;
  /** Has a card enrolled, by the two officers. */
  enrol(operatorId: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a new vault with two officers, Ada Weiss and Bo Lind. */
export async function openWorkstation(startMs: number): Promise<Workstation> {
  const clock = fixedClockRuntime(startMs);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-packets-'));
  const host = createEngineHost({ dataFolder: folder, version: 'test', runtime: clock });
  const connect = (): Client => {
    const context = host.contextFor('loopback');
    return createRouterClient(host.router, { context: () => context });
  };
  const factor = (name: string) => {
    clock.advance(30_000);
    const secret = secretOf(name);
    return { secret, code: hotp(fromBase32(secret)!, stepAt(clock.nowMs())) };
  };
  async function signIn(name: string): Promise<Client> {
    const client = connect();
    await client.session.signIn({ name, passphrase: PASSPHRASE, code: factor(name).code });
    return client;
  }
  const first = connect();
  await first.vault.create({ name: 'desk', passphrase: VAULT });
  await first.operators.nameOfficers({
    officers: ['Ada Weiss', 'Bo Lind'].map((name) => ({
      name,
      passphrase: PASSPHRASE,
      secondFactor: factor(name),
    })),
  });

  async function agree(call: () => Promise<unknown>): Promise<void> {
    const bo = await signIn('Bo Lind');
    const { data } = await refusalOf(call());
    const { commandHash } = await bo.approvals.get({ requestId: data.requestId });
    await bo.approvals.vote({ requestId: data.requestId, commandHash, decision: 'approve' });
  }

  return {
    clock,
    folder,
    connect,
    signIn,
    async hire(name, roles) {
      const ada = await signIn('Ada Weiss');
      const person = {
        kind: 'person',
        name,
        passphrase: PASSPHRASE,
        roles,
        secondFactor: factor(name),
      } as const;
      await agree(() => ada.operators.create(person));
      const { id } = await ada.operators.create(person);
      return id;
    },
    async enrol(operatorId, text) {
      const ada = await signIn('Ada Weiss');
      await agree(() => ada.approvals.enrolCard({ operatorId, text }));
    },
    async close() {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const fillRandom = (target: Uint8Array) => systemRuntime.randomFill(target);

/** Somebody who holds a key of no console, and signs with it whatever they like. */
export function stranger(suite: 'Ed25519+ML-DSA-65' | 'Ed25519+ML-DSA-87' = 'Ed25519+ML-DSA-65') {
  const { publicKey, secretKey } = hybridSignatures[suite].keyPair(fillRandom);
  const sign = (purpose: string, message: Uint8Array) =>
    hybridSignatures[suite].signer({ secretKey, fillRandom }).sign({ purpose, message });
  const fingerprint = fingerprintOf(publicKey);
  return {
    fingerprint,
    publicKey,
    sign,
    card: (name = 'Eve Oduya') => writeCard({ name, vault: 'v'.repeat(26), publicKey }, sign),
    /** An answer to a request as it would be if it were like that. */
    answer(said: Omit<Answer, 'form' | 'signer' | 'signature'>): string {
      const { policy, version, vault, request, procedure, commandHash, decision, reason, expiresAtMs } = said;
      const statement: SignedStatement = {
        ...{ vault, request, procedure, commandHash, policy, version, decision, reason, expiresAtMs },
        person: fingerprint,
        onBehalfOf: null,
      };
      const signature = sign(APPROVAL_PURPOSE, signedMessage(statement));
      return fileText({
        form: ANSWER_FORM,
        ...{ vault, request, procedure, commandHash, policy, version, decision, reason, expiresAtMs },
        signer: fingerprint,
        signature: signature.toString('base64'),
      });
    },
  };
}
export type Stranger = ReturnType<typeof stranger>;
