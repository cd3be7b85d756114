/** A command that a policy holds, as tests over the contract see it: refused, held, agreed to. */
import { expect } from 'vitest';
import type { ApprovalRequired } from '../../src/contract/approvals.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';

/** Takes a file in as a window does. */
export async function takeFile(client: Client, fileName: string, text: string): Promise<void> {
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: text.length });
  await client.intake.write({ uploadId, offset: 0, bytes: new Blob([text]) });
  expect(await client.intake.finish({ uploadId })).toMatchObject({ outcome: 'imported' });
}

/** The request that something waits in for a second person. */
export async function heldBy(work: Promise<unknown>): Promise<ApprovalRequired> {
  try {
    await work;
  } catch (error) {
    const { code, data } = error as { code?: string; data: ApprovalRequired };
    expect(code).toBe('APPROVAL_REQUIRED');
    return data;
  }
  throw new Error('it ran without a second person');
}

export async function agree(client: Client, requestId: string) {
  const { commandHash } = await client.approvals.get({ requestId });
  return client.approvals.vote({ requestId, commandHash, decision: 'approve' });
}
