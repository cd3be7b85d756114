/** Who did something, as people call them: the log names operators by number, since an actor is not sealed. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';
import { t } from './messages.ts';

const PROGRAM = 'system';

/** Names for actors and back; of what is no operator and not the program, the actor itself. */
export function useActorNames() {
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators ?? [];
  return {
    all: people.map(({ name }) => name),
    nameOf(actor: string): string {
      if (actor === PROGRAM) return t('actor.system');
      return people.find(({ id }) => actor === `operator-${id}`)?.name ?? actor;
    },
    actorOf(typed: string): string {
      const wanted = typed.toLocaleLowerCase();
      if (wanted === t('actor.system').toLocaleLowerCase()) return PROGRAM;
      const person = people.find(({ name }) => name.toLocaleLowerCase() === wanted);
      return person === undefined ? typed : `operator-${person.id}`;
    },
  };
}

/** The name behind an actor. */
export const useActorName = (): ((actor: string) => string) => useActorNames().nameOf;

/** Who did it, by name; what the log has on the pointer. */
export function Actor({ of: actor }: { readonly of: string }) {
  const name = useActorName()(actor);
  return name === actor ? actor : <span title={actor}>{name}</span>;
}
