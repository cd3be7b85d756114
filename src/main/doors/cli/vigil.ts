import type { HeartbeatSource } from '../../../contract/heartbeat.ts';
import type { IncidentLine } from '../../../contract/incidents.ts';
import type { Client } from '../shared/client.ts';
import type { Answer } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { printable, table } from './output.ts';

const PAGE_ROWS = 500;

/** An instant as people and programs read it: ISO 8601, UTC. */
const time = (atMs: number) => new Date(atMs).toISOString();

/** `incidents list`: every incident, the most pressing first. */
export async function incidentsCommand(client: Client, _args: unknown, signal: AbortSignal): Promise<Answer> {
  const incidents: IncidentLine[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: IncidentLine[]; nextCursor: string | null } = await client.incidents.list({
      limit: PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    incidents.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const counts = await client.incidents.counts();
  return { json: { counts, incidents }, text: incidentsText(incidents), exitCode: EXIT.done };
}

function incidentsText(incidents: readonly IncidentLine[]): string {
  if (incidents.length === 0) return 'No incidents.';
  return table<IncidentLine>(
    [
      { title: 'id', align: 'right', text: (line) => line.id },
      { title: 'severity', text: (line) => line.severity },
      { title: 'state', text: (line) => line.state },
      { title: 'kind', text: (line) => line.kind },
      { title: 'times', align: 'right', text: (line) => String(line.count) },
      { title: 'level', align: 'right', text: (line) => String(line.level) },
      { title: 'owner', text: (line) => line.owner ?? '' },
      { title: 'raised', text: (line) => time(line.raisedAtMs) },
      {
        title: 'acknowledge by',
        text: (line) => (line.acknowledgeByMs === null ? '' : time(line.acknowledgeByMs)),
      },
      { title: 'title', text: (line) => line.title },
    ],
    incidents,
  );
}

/** `heartbeat`: how it stands, each source, and whether its chain verifies. */
export async function heartbeatCommand(client: Client): Promise<Answer> {
  const verification = await client.heartbeat.verify();
  const status = await client.heartbeat.status();
  const { state, nowMs, events, last, sources } = status;
  const sourceRows = table<HeartbeatSource>(
    [
      { title: 'source', text: (source) => source.source },
      { title: 'state', text: (source) => source.state },
      { title: 'last event', text: (source) => time(source.last.atMs) },
      { title: 'due', text: (source) => (source.dueAtMs === null ? '' : time(source.dueAtMs)) },
      { title: 'said', text: (source) => source.last.message },
    ],
    sources,
  );
  const findings = verification.findings.map(({ code, message }) => printable(`${code}: ${message}`));
  const chain = verification.verified ? 'the chain verifies' : 'THE CHAIN IS BROKEN';
  return {
    json: { state, nowMs, events, last, sources, chain: verification },
    text: [sourceRows, ...findings, `${state}, ${events} events, ${chain}`].join('\n'),
    exitCode: verification.verified ? EXIT.done : EXIT.notVerified,
  };
}
