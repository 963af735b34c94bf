-- version grows in the same transaction as any visible change of the thread: it is the ETag. Counts are what readers see. Written by package replies.

-- +goose Up
CREATE TABLE threads (
	post_id    CHAR(26) NOT NULL,
	version    BIGINT NOT NULL,
	replies    INT NOT NULL,
	likes      INT NOT NULL,
	boosts     INT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- +goose Down
DROP TABLE threads;
