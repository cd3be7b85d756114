export {
  type Calendar,
  type CalendarEntry,
  type CalendarFinding,
  type CalendarOptions,
  type CalendarTask,
  createCalendar,
} from './calendar.ts';
export { createFeed, type Feed } from './feed.ts';
export { cancelled, createJobs, type JobHandle, type JobReport, type JobRequest, type Jobs } from './jobs.ts';
export { jobsProcedures } from './procedures.ts';
