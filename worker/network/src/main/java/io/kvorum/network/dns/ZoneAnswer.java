package io.kvorum.network.dns;

import java.util.List;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** What the cluster knows about a name. */
sealed interface ZoneAnswer {
    /** Records of the type asked for, and what helps to use them. */
    record Found(List<Record> records, List<Record> additional) implements ZoneAnswer {
        public Found {
            records = List.copyOf(records);
            additional = List.copyOf(additional);
        }
    }

    /** The name stands for another one. */
    record Alias(Name target) implements ZoneAnswer {}

    /** The name exists, without such a record. */
    record NoData() implements ZoneAnswer {}

    /** The name does not exist. */
    record NoName() implements ZoneAnswer {}

    /** Others decide about this name. */
    record NotOurs() implements ZoneAnswer {}
}
