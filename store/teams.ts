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

export type Teams = ReturnType<typeof createTeams>;

export function createTeams(connection: Connection) {
  const model = connection.model('Team', schema);
  return {
    find: (id: string) => model.findById(id).lean<Team>().exec(),
    all: (limit: number) => model.find().sort({ name: 1 }).limit(limit).lean<Team[]>().exec(),
    ensure: ({ _id, ...rest }: Team) =>
      model.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true }).exec(),
  };
}
