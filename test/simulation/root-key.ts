/** The root key of simulated vaults: injected, so that no seed pays for Argon2id. */
export const SIMULATION_ROOT_KEY = Buffer.alloc(32, 0xa7);
