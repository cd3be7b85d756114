-- Two payments that turn out to be one: a later message carries the references of both.

-- The payment that this one is. `rejected` is set with it, so that all that counts what still waits leaves
-- it out; what its messages said of it is read together with that of the other.
ALTER TABLE instant_payment ADD COLUMN joined_to INTEGER REFERENCES instant_payment (id);
CREATE INDEX instant_payment_joined ON instant_payment (joined_to) WHERE joined_to IS NOT NULL;
