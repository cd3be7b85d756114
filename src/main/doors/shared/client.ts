import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../contract/index.ts';

/** The contract as its callers see it, in this process or across a door. */
export type Client = ContractRouterClient<Contract>;
