import { callerOf, os } from '../base/procedures.ts';
import { PROFILES } from './profiles.ts';
import type { Hsm } from './service.ts';

/** Binds the contract's `hsm` to the room. */
export const hsmProcedures = (hsm: Hsm) =>
  os.hsm.router({
    status: os.hsm.status.handler(async () => {
      await hsm.opened();
      return hsm.status();
    }),
    profiles: os.hsm.profiles.handler(() =>
      Object.values(PROFILES).map(({ id, name, kind, libraries, variable, pin, quirks }) => ({
        ...{ id, name, kind, variable, pin },
        libraries: [...libraries],
        quirks: [...quirks],
      })),
    ),
    keys: os.hsm.keys.handler(() => hsm.keys()),
    requests: os.hsm.requests.handler(({ input }) => hsm.requests(input)),
    migrations: os.hsm.migrations.handler(() => hsm.migration.list()),
    setUpSoftware: os.hsm.setUpSoftware.handler(({ input, context }) =>
      hsm.setUpSoftware(input.name, callerOf(context)),
    ),
    addToken: os.hsm.addToken.handler(({ input, context }) => hsm.addToken(input, callerOf(context))),
    openSession: os.hsm.openSession.handler(({ input, context }) =>
      hsm.openSession(input.tokenId, input.pin, callerOf(context)),
    ),
    closeSession: os.hsm.closeSession.handler(({ input, context }) =>
      hsm.closeSession(input.tokenId, callerOf(context)),
    ),
    resume: os.hsm.resume.handler(({ input, context }) =>
      hsm.resume(input.tokenId, input.pin, callerOf(context)),
    ),
    removeToken: os.hsm.removeToken.handler(({ input, context }) => {
      hsm.removeToken(input.tokenId, callerOf(context));
      return {};
    }),
    setPolicy: os.hsm.setPolicy.handler(({ input, context }) => hsm.setPolicy(input, callerOf(context))),
    generateKey: os.hsm.generateKey.handler(({ input, context }) =>
      hsm.generateKey(input, callerOf(context)),
    ),
    retireKey: os.hsm.retireKey.handler(({ input, context }) =>
      hsm.retireKey(input.keyId, input.reason, callerOf(context)),
    ),
    retireCopy: os.hsm.retireCopy.handler(({ input, context }) =>
      hsm.retireCopy(input.keyId, input.tokenId, callerOf(context)),
    ),
    destroyKey: os.hsm.destroyKey.handler(({ input, context }) =>
      hsm.destroyKey(input.keyId, callerOf(context)),
    ),
    migrate: os.hsm.migrate.handler(({ input, context }) => hsm.migration.start(input, callerOf(context))),
    resumeRun: os.hsm.resumeRun.handler(({ input, context }) =>
      hsm.migration.resume(input.id, input.soPin, callerOf(context)),
    ),
    stopRun: os.hsm.stopRun.handler(({ input }) => hsm.migration.stop(input.id)),
  });
