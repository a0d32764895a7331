/// Orthanc and pynetdicom.
extension Catalogue {
    static func orthanc() -> [ServerSetting] {
        guard let path = installed("Orthanc") else { return [] }
        let tuned =
            #","SyncStorageArea":false,"StoreMD5ForAttachments":false,"MaximumPduLength":131072,"#
            + #""DicomThreadsCount":16,"MaximumStorageCacheSize":0,"SaveJobs":false,"MetricsEnabled":false"#
        return [("orthanc", "Orthanc, default", ""), ("orthanc-tuned", "Orthanc tuned, no sync", tuned)].map {
            name,
            title,
            extra in
            ServerSetting(
                name: name,
                title: title,
                kind: .peer,
                durability: extra.isEmpty ? .always : .never,
                objectsLimit: extra.isEmpty ? 200 : 600,
                environment: extra.isEmpty ? [:] : withoutNagle
            ) { port, folder in
                let text =
                    #"{"StorageDirectory":"\#(folder)","IndexDirectory":"\#(folder)","DicomPort":\#(port),"#
                    + #""HttpPort":\#(try freePort()),"RemoteAccessAllowed":false,"Plugins":[]\#(extra)}"#
                let file = folder + ".json"
                try write(Array(text.utf8), to: file)
                return [path, file]
            }
        }
    }

    static func pynetdicom() -> [ServerSetting] {
        guard let python = installed("python3"), succeeds([python, "-c", "import pynetdicom"]) else { return [] }
        let raw = """
            import os, sys
            from pynetdicom import AE, evt, AllStoragePresentationContexts, ALL_TRANSFER_SYNTAXES
            def store(event):
                path = os.path.join(sys.argv[2], event.request.AffectedSOPInstanceUID)
                with open(path, "wb") as file:
                    file.write(event.encoded_dataset())
                return 0
            ae = AE()
            for context in AllStoragePresentationContexts:
                ae.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
            ae.add_supported_context("1.2.840.10008.1.1")
            ae.maximum_pdu_size = 131072
            ae.maximum_associations = 100
            ae.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_STORE, store)])
            """
        return [
            ServerSetting(
                name: "pynetdicom",
                title: "pynetdicom storescp",
                kind: .peer,
                associationsLimit: 4,
                objectsLimit: 300
            ) { port, folder in [python, "-m", "pynetdicom", "storescp", "\(port)", "-q", "-od", folder] },
            ServerSetting(
                name: "pynetdicom-raw",
                title: "pynetdicom, bytes as received",
                kind: .peer,
                associationsLimit: 16,
                objectsLimit: 300
            ) { port, folder in [python, "-c", raw, "\(port)", folder] },
        ]
    }
}
