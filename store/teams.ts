import { type Connection, Schema } from 'mongoose';

export interface Team {
  _id: string;
  name: string;
  /** IANA zone for times in mails and on pages. */
  timeZone: string;
}

const schema = new Schema<Team>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    timeZone: { type: String, required: true },
  },
  { collection: 'teams', versionKey: false },
);

/** Milliseconds. Nearly every page and mail names a team, and a team changes by hand at most. */
const REMEMBERED_FOR = 60_000;

export type Teams = ReturnType<typeof createTeams>;

export function createTeams(connection: Connection) {
  const model = connection.model('Team', schema);
  const remembered = new Map<string, { team: Team; until: number }>();

  return {
    async find(id: string): Promise<Team | null> {
      const known = remembered.get(id);
      if (known && Date.now() < known.until) return known.team;
      const team = await model.findById(id).lean<Team>().exec();
      if (team) remembered.set(id, { team, until: Date.now() + REMEMBERED_FOR });
      return team;
    },
    all: (limit: number) => model.find().sort({ name: 1 }).limit(limit).lean<Team[]>().exec(),
    ensure: ({ _id, ...rest }: Team) =>
      model.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true }).exec(),
  };
}
