// The process of the HSM over the stand-in library.
import { hostChannel } from '../../src/main/base/index.ts';
import { serveHsm } from '../../src/main/hsm/host.ts';
import { createStandIn } from './stand-in.ts';

serveHsm(hostChannel(), async () => createStandIn());
