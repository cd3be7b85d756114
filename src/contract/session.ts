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
  /** By what this session was opened; null without one, and for service accounts. */
  secondFactor: z.enum(['totp', 'hardware-token']).nullable(),
  /** Whether a card can be used at the sign-in here: this workstation reads cards, and somebody has one. */
  cardOffered: z.boolean(),
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
  /** PIN of the card of software that the demo makes for them; null for those who need none. */
  cardPin: z.string().nullable(),
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
        /** The card in this workstation's reader, in the place of a code. */
        card: z.object({ pin: z.string().min(1).max(255) }).optional(),
      }),
    )
    .output(sessionState),
  /** What lies in the reader of this workstation, without its PIN. */
  cardInReader: query('open').output(
    z.object({
      cards: z.array(
        z.object({
          serial: z.string(),
          label: z.string(),
          /** What its holder signs in as; null where it is enrolled for nobody. */
          operatorName: z.string().nullable(),
        }),
      ),
    }),
  ),
  /** Makes the card of software of one of the demo's people; in every other vault it is refused. */
  cardOfDemo: command('open')
    .input(z.object({ name: z.string().max(80) }))
    .output(z.object({ pin: z.string() })),
  signOut: command('open').output(sessionState),
  /** Somebody is there: the idle time starts again. */
  touch: command('open').output(sessionState),
};
