/** Keeps zod from trying `new Function`, which the page's policy forbids and reports. Comes before the contract. */
import { config } from 'zod';

config({ jitless: true });
