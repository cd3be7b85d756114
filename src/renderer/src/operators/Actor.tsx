import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';

/** Who did something, by the name of the operator where the actor is one; else as the engine calls the actor. */
export function useActorName(): (actor: string) => string {
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators;
  return (actor) => people?.find(({ id }) => actor === `operator-${id}`)?.name ?? actor;
}

export function Actor({ actor }: { readonly actor: string }) {
  return <>{useActorName()(actor)}</>;
}
