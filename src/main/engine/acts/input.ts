import type { ContractProcedure, InferSchemaOutput } from '@orpc/contract';

/** The validated input of a procedure of the contract: what an act is told of. */
export type InputOf<Procedure> =
  // biome-ignore lint/suspicious/noExplicitAny: only the schema of the input matters here.
  Procedure extends ContractProcedure<infer Schema, any, any, any> ? InferSchemaOutput<Schema> : never;
