import { isContractProcedure } from '@orpc/contract';
import type { Permission, ProcedureMeta } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';

function* walk(node: object, path: string): Generator<[string, ProcedureMeta]> {
  for (const [name, child] of Object.entries(node)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (isContractProcedure(child)) yield [at, child['~orpc'].meta];
    else yield* walk(child as object, at);
  }
}

const PROCEDURES: ReadonlyMap<string, ProcedureMeta> = new Map(walk(contract, ''));

/**
 * Why some commands stay one person's whatever a policy says: whoever sees that something goes wrong
 * must be able to stop it at once, and answering a request cannot wait for a request.
 */
const NEVER: readonly { readonly commands: RegExp; readonly why: string }[] = [
  { commands: /^approvals\.(?!enrolCard$)/, why: 'Answers to requests cannot wait for requests.' },
  { commands: /^operators\.nameOfficers$/, why: 'Before the first officers nobody is there to agree.' },
  {
    commands:
      /^(operators\.(disable|removeSmartCard)|hsm\.stopRun|keys\.markCompromised|keys\.pauseRotation|jobs\.cancel|intake\.cancel|connectors\.(stop|remove|revokeKey))$/,
    why: 'Stopping something at once must stay possible for one person.',
  },
  {
    commands: /^ceremonies\./,
    why: 'Each step of a ceremony is signed by those whom its script names.',
  },
  {
    commands: /^connectors\.submit$/,
    why: 'A message that waited for a second person would come too late; what it posts is under its own policies.',
  },
  {
    commands: /^connectors\.createKey$/,
    why: 'Its secret is shown once, to whoever asks; nobody sees it after an approval.',
  },
  {
    commands: /^(intake|compliance)\.(write|finish|cancel)$|^breaks\.(attachBytes|attachEnd)$/,
    why: 'Pieces of a file that was begun are part of its beginning.',
  },
];

/** The permission of a command that can be put under a policy; else why it cannot be. */
export function governable(
  procedure: string,
): { readonly permission: Permission } | { readonly refusal: string } {
  const meta = PROCEDURES.get(procedure);
  if (meta?.permission === undefined) return { refusal: 'There is no such procedure.' };
  if (!meta.command) return { refusal: 'It only reads.' };
  if (meta.permission === 'open') return { refusal: 'It needs no session, so nobody is there to ask.' };
  const never = NEVER.find(({ commands }) => commands.test(procedure));
  return never ? { refusal: never.why } : { permission: meta.permission };
}
