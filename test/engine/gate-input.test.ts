import { call, traverseContractProcedures } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ProcedureMeta, permissions } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import { withoutSecrets } from '../../src/main/base/gate-input.ts';
import { type GatedCommand, os } from '../../src/main/base/procedures.ts';

const SECRET = 'correct horse battery staple 4711';

/** Names of fields, anywhere in an input, with the types that they take. */
function fieldsOf(schema: unknown, found: [string, unknown][] = []): [string, unknown][] {
  if (Array.isArray(schema)) for (const each of schema) fieldsOf(each, found);
  else if (typeof schema === 'object' && schema !== null) {
    const { properties, ...rest } = schema as { properties?: Record<string, unknown> };
    for (const [name, value] of Object.entries(properties ?? {})) {
      found.push([name, value]);
      fieldsOf(value, found);
    }
    for (const value of Object.values(rest)) fieldsOf(value, found);
  }
  return found;
}

describe('what the approval gate sees', () => {
  it('is the input without what opens a key slot', () => {
    const quorum = { kind: 'recovery-quorum', threshold: 2, shares: 3 };
    expect(
      withoutSecrets({
        proof: { passphrase: SECRET },
        slot: quorum,
        label: 'safe',
        list: [{ recoveryKey: SECRET, at: 1n }],
      }),
    ).toEqual({ slot: quorum, label: 'safe', list: [{ at: 1n }] });
    expect(withoutSecrets({ shares: [SECRET], slotId: 'a' })).toEqual({ slotId: 'a' });
    const factor = { secret: SECRET, code: '123456' };
    expect(withoutSecrets({ secondFactor: factor, id: '1' })).toEqual({ id: '1' });
    // As a word it is a clause of a policy, which two people must see.
    expect(withoutSecrets({ secondFactor: 'totp' })).toEqual({ secondFactor: 'totp' });
    const bytes = new Blob(['x']);
    expect(withoutSecrets({ bytes })).toEqual({ bytes });
    expect((withoutSecrets({ bytes }) as { bytes: Blob }).bytes).toBe(bytes);
  });

  it('comes through the pipeline so, while the handler has all of it', async () => {
    const gated: GatedCommand[] = [];
    let handled: unknown;
    const procedure = os.backup.restore.handler(({ input }) => {
      handled = input;
      return { directory: '/b', vaultId: 'v', record: 1n, verified: true, durationMs: 1 };
    });
    const input = { source: '/a', target: '/b', passphrase: SECRET };
    const session = { actor: 'ada', permissions: new Set(permissions) };
    const gate = (command: GatedCommand) => {
      gated.push(command);
    };
    await call(procedure, input, {
      context: { session, traceId: 't', gate },
      path: ['backup', 'restore'],
    });
    expect(handled).toEqual(input);
    expect(gated).toMatchObject([{ procedure: 'backup.restore', input: { source: '/a', target: '/b' } }]);
    expect(JSON.stringify(gated[0]!.input)).not.toContain(SECRET);
  });

  it('holds for every field of a command that sounds like a secret', () => {
    let commands = 0;
    const kept: string[] = [];
    traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
      const definition = procedure['~orpc'] as unknown as {
        meta: ProcedureMeta;
        inputSchema?: z.ZodType;
        inputSchemas?: z.ZodType[];
      };
      if (!definition.meta.command) return;
      const schemas = definition.inputSchemas ?? (definition.inputSchema ? [definition.inputSchema] : []);
      for (const schema of schemas) {
        commands += 1;
        const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
        for (const [name, value] of fieldsOf(json)) {
          if (!/pass|recovery|secret|proof|share|\bpin\b|private/i.test(name)) continue;
          const { type } = value as { type?: string };
          const sample = type === 'integer' ? 3 : [SECRET];
          const isKept = name in (withoutSecrets({ [name]: sample }) as object);
          if (isKept !== (type === 'integer')) kept.push(`${path.join('.')}: ${name}`);
        }
      }
    });
    expect(commands).toBeGreaterThan(20);
    expect(kept).toEqual([]);
  });
});
