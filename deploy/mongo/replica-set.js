// Run once by `mongo-init`: makes the replica set where there is none, and waits until it takes writes.
const member = process.env.LASTMILE_MONGO_MEMBER || "mongo:27017";
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: member }] });
}
const deadline = Date.now() + 60_000;
while (!db.hello().isWritablePrimary) {
  if (Date.now() > deadline) throw new Error("rs0 has no primary after a minute");
  sleep(250);
}
print("rs0 takes writes");
