import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { PlaceLink } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';

/** Who brought a message: the connector by its name, or a person by theirs. */
export function Source({ source }: { readonly source: string }) {
  const connectors = useQuery(orpc.connectors.list.queryOptions());
  const id = /^connector-(\d+)$/.exec(source)?.[1];
  if (id === undefined) return <Actor of={source} />;
  const label = connectors.data?.find((one) => one.id === id)?.label ?? source;
  return <PlaceLink to={places.connectors()}>{label}</PlaceLink>;
}
