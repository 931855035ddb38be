"""An index in Milvus, in the place of SQLite: a server or cluster, or a file for one process.

`engine` speaks to it, `tables` says what lies there, `store` keeps documents in `commits`,
`searchers` finds passages, and `lease` lets one writer at a time.
"""
