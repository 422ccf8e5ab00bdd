"""The documents that the code writes about itself, and the shapes of events that were ever released.

``python -m lastmile.reference docs`` writes the event catalogue, AsyncAPI, OpenAPI and nats.conf;
``python -m lastmile.reference schemas`` writes the released schemas and the golden files. With ``--check`` each
only says what differs.
"""
