-- Seeds of post-quantum keys under the root key of a ceremony, and work with the tokens that has begun.

-- Hex of CKA_ID of the root key that the seed lies under; NULL for the token's own sealing key.
ALTER TABLE hsm_copy ADD COLUMN sealed_under TEXT CHECK (sealed_under IS NULL OR way = 'sealed');

-- Place of the step whose work with the tokens was begun last: power may be lost before it is written down.
ALTER TABLE ceremony ADD COLUMN begun_position INTEGER;
