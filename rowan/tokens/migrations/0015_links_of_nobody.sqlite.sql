-- SQLite checks a reference by a look into an index of the same file: nothing that is seen from outside.
SELECT 1;
