// For mongosh: makes the replica set of one, and the database user that api and worker sign in as. May run again.
const fs = require('node:fs');
const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, 'utf8').trim();

const server = new Mongo(
  `mongodb://root:${secret('mongodb_root_password')}@mongodb:27017/?directConnection=true`,
);
const admin = server.getDB('admin');
try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  admin.adminCommand({
    replSetInitiate: { _id: 'onboarding', members: [{ _id: 0, host: 'mongodb:27017' }] },
  });
}
while (!admin.hello().isWritablePrimary) sleep(200);

const database = server.getDB('onboarding');
const user = { pwd: secret('mongodb_password'), roles: [{ role: 'readWrite', db: 'onboarding' }] };
if (database.getUser('onboarding')) database.updateUser('onboarding', user);
else database.createUser({ user: 'onboarding', ...user });
