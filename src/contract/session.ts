import { z } from 'zod';
import { command, permissions, query } from './common.ts';
import { operatorLine, roleIds } from './operators.ts';

/** How often a window that somebody uses says so, at most. */
export const TOUCH_EVERY_MS = 60_000;

export const sessionState = z.object({
  /** Whether this door asks for a sign-in: operators are named. */
  required: z.boolean(),
  /** Whether nobody is named in the open vault: naming two officers is the first thing a window does. */
  unnamed: z.boolean(),
  /** Who is signed in on this connection. */
  operator: operatorLine.nullable(),
  /** What this connection may do now. */
  permissions: z.array(z.enum(permissions)),
  /** When the session ends, whatever happens; null without one. */
  endsAtMs: z.number().nullable(),
  /** After this long without a sign of the operator it ends too; null without one. */
  idleMs: z.number().nullable(),
});
export type SessionState = z.infer<typeof sessionState>;

/** Somebody of the demo vault, with all that it takes to be them. */
export const demoPerson = z.object({
  name: z.string(),
  roles: z.array(z.enum(roleIds)),
  passphrase: z.string(),
  /** The key of their authenticator app. */
  secret: z.string(),
  /** The next code that is taken; null where all of this moment are used up. */
  code: z.string().nullable(),
});
export type DemoPerson = z.infer<typeof demoPerson>;

/** The sign-in of one connection. These need no session: they make one. */
export const session = {
  current: query('open').output(sessionState),
  /** The people of the demo vault, who are invented; of every other vault nobody. */
  peopleOfDemo: query('open').output(z.object({ people: z.array(demoPerson) })),
  /** Takes the place of whoever was signed in on this connection. A service account gives no code. */
  signIn: command('open')
    .input(
      z.object({
        name: z.string().max(80),
        passphrase: z.string().min(1).max(1024),
        code: z.string().max(12).optional(),
      }),
    )
    .output(sessionState),
  signOut: command('open').output(sessionState),
  /** Somebody is there: the idle time starts again. */
  touch: command('open').output(sessionState),
};
