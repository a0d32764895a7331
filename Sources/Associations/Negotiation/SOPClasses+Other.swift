extension SOPClasses {
    /// SOP classes and service classes of the standard that are not for storage over the network (PS3.6 Table A-1):
    /// query and retrieve, worklists, procedure steps, print, media. Verification and storage commitment are not among
    /// them.
    package static let notStorage: Set<String> = [
        "1.2.840.10008.1.3.10",  // Media Storage Directory Storage
        "1.2.840.10008.1.9",  // Basic Study Content Notification, retired
        "1.2.840.10008.1.20.2",  // Storage Commitment Pull Model, retired
        "1.2.840.10008.1.40",  // Procedural Event Logging
        "1.2.840.10008.1.42",  // Substance Administration Logging
        "1.2.840.10008.3.1.2.1.1",  // Detached Patient Management, retired
        "1.2.840.10008.3.1.2.1.4",  // Detached Patient Management Meta, retired
        "1.2.840.10008.3.1.2.2.1",  // Detached Visit Management, retired
        "1.2.840.10008.3.1.2.3.1",  // Detached Study Management, retired
        "1.2.840.10008.3.1.2.3.2",  // Study Component Management, retired
        "1.2.840.10008.3.1.2.3.3",  // Modality Performed Procedure Step
        "1.2.840.10008.3.1.2.3.4",  // Modality Performed Procedure Step Retrieve
        "1.2.840.10008.3.1.2.3.5",  // Modality Performed Procedure Step Notification
        "1.2.840.10008.3.1.2.5.1",  // Detached Results Management, retired
        "1.2.840.10008.3.1.2.5.4",  // Detached Results Management Meta, retired
        "1.2.840.10008.3.1.2.5.5",  // Detached Study Management Meta, retired
        "1.2.840.10008.3.1.2.6.1",  // Detached Interpretation Management, retired
        "1.2.840.10008.4.2",  // Storage Service Class
        "1.2.840.10008.5.1.1.1",  // Basic Film Session
        "1.2.840.10008.5.1.1.2",  // Basic Film Box
        "1.2.840.10008.5.1.1.4",  // Basic Grayscale Image Box
        "1.2.840.10008.5.1.1.4.1",  // Basic Color Image Box
        "1.2.840.10008.5.1.1.4.2",  // Referenced Image Box, retired
        "1.2.840.10008.5.1.1.9",  // Basic Grayscale Print Management Meta
        "1.2.840.10008.5.1.1.9.1",  // Referenced Grayscale Print Management Meta, retired
        "1.2.840.10008.5.1.1.14",  // Print Job
        "1.2.840.10008.5.1.1.15",  // Basic Annotation Box
        "1.2.840.10008.5.1.1.16",  // Printer
        "1.2.840.10008.5.1.1.16.376",  // Printer Configuration Retrieval
        "1.2.840.10008.5.1.1.18",  // Basic Color Print Management Meta
        "1.2.840.10008.5.1.1.18.1",  // Referenced Color Print Management Meta, retired
        "1.2.840.10008.5.1.1.22",  // VOI LUT Box
        "1.2.840.10008.5.1.1.23",  // Presentation LUT
        "1.2.840.10008.5.1.1.24",  // Image Overlay Box, retired
        "1.2.840.10008.5.1.1.24.1",  // Basic Print Image Overlay Box, retired
        "1.2.840.10008.5.1.1.26",  // Print Queue Management, retired
        "1.2.840.10008.5.1.1.31",  // Pull Print Request, retired
        "1.2.840.10008.5.1.1.32",  // Pull Stored Print Management Meta, retired
        "1.2.840.10008.5.1.1.33",  // Media Creation Management
        "1.2.840.10008.5.1.1.40",  // Display System
        "1.2.840.10008.5.1.4.1.1.200.4",  // Protocol Approval Information Model - FIND
        "1.2.840.10008.5.1.4.1.1.200.5",  // Protocol Approval Information Model - MOVE
        "1.2.840.10008.5.1.4.1.1.200.6",  // Protocol Approval Information Model - GET
        "1.2.840.10008.5.1.4.1.1.201.2",  // Inventory - FIND
        "1.2.840.10008.5.1.4.1.1.201.3",  // Inventory - MOVE
        "1.2.840.10008.5.1.4.1.1.201.4",  // Inventory - GET
        "1.2.840.10008.5.1.4.1.1.201.5",  // Inventory Creation
        "1.2.840.10008.5.1.4.1.1.201.6",  // Repository Query
        "1.2.840.10008.5.1.4.1.2.1.1",  // Patient Root Query/Retrieve Information Model - FIND
        "1.2.840.10008.5.1.4.1.2.1.2",  // Patient Root Query/Retrieve Information Model - MOVE
        "1.2.840.10008.5.1.4.1.2.1.3",  // Patient Root Query/Retrieve Information Model - GET
        "1.2.840.10008.5.1.4.1.2.2.1",  // Study Root Query/Retrieve Information Model - FIND
        "1.2.840.10008.5.1.4.1.2.2.2",  // Study Root Query/Retrieve Information Model - MOVE
        "1.2.840.10008.5.1.4.1.2.2.3",  // Study Root Query/Retrieve Information Model - GET
        "1.2.840.10008.5.1.4.1.2.3.1",  // Patient/Study Only Query/Retrieve Information Model - FIND, retired
        "1.2.840.10008.5.1.4.1.2.3.2",  // Patient/Study Only Query/Retrieve Information Model - MOVE, retired
        "1.2.840.10008.5.1.4.1.2.3.3",  // Patient/Study Only Query/Retrieve Information Model - GET, retired
        "1.2.840.10008.5.1.4.1.2.4.2",  // Composite Instance Root Retrieve - MOVE
        "1.2.840.10008.5.1.4.1.2.4.3",  // Composite Instance Root Retrieve - GET
        "1.2.840.10008.5.1.4.1.2.5.3",  // Composite Instance Retrieve Without Bulk Data - GET
        "1.2.840.10008.5.1.4.20.1",  // Defined Procedure Protocol Information Model - FIND
        "1.2.840.10008.5.1.4.20.2",  // Defined Procedure Protocol Information Model - MOVE
        "1.2.840.10008.5.1.4.20.3",  // Defined Procedure Protocol Information Model - GET
        "1.2.840.10008.5.1.4.31",  // Modality Worklist Information Model - FIND
        "1.2.840.10008.5.1.4.32",  // General Purpose Worklist Management Meta, retired
        "1.2.840.10008.5.1.4.32.1",  // General Purpose Worklist Information Model - FIND, retired
        "1.2.840.10008.5.1.4.32.2",  // General Purpose Scheduled Procedure Step, retired
        "1.2.840.10008.5.1.4.32.3",  // General Purpose Performed Procedure Step, retired
        "1.2.840.10008.5.1.4.33",  // Instance Availability Notification
        "1.2.840.10008.5.1.4.34.2",  // RT Conventional Machine Verification - Trial, retired
        "1.2.840.10008.5.1.4.34.3",  // RT Ion Machine Verification - Trial, retired
        "1.2.840.10008.5.1.4.34.4",  // Unified Worklist and Procedure Step Service Class - Trial, retired
        "1.2.840.10008.5.1.4.34.4.1",  // Unified Procedure Step - Push - Trial, retired
        "1.2.840.10008.5.1.4.34.4.2",  // Unified Procedure Step - Watch - Trial, retired
        "1.2.840.10008.5.1.4.34.4.3",  // Unified Procedure Step - Pull - Trial, retired
        "1.2.840.10008.5.1.4.34.4.4",  // Unified Procedure Step - Event - Trial, retired
        "1.2.840.10008.5.1.4.34.6",  // Unified Worklist and Procedure Step Service Class
        "1.2.840.10008.5.1.4.34.6.1",  // Unified Procedure Step - Push
        "1.2.840.10008.5.1.4.34.6.2",  // Unified Procedure Step - Watch
        "1.2.840.10008.5.1.4.34.6.3",  // Unified Procedure Step - Pull
        "1.2.840.10008.5.1.4.34.6.4",  // Unified Procedure Step - Event
        "1.2.840.10008.5.1.4.34.6.5",  // Unified Procedure Step - Query
        "1.2.840.10008.5.1.4.34.8",  // RT Conventional Machine Verification
        "1.2.840.10008.5.1.4.34.9",  // RT Ion Machine Verification
        "1.2.840.10008.5.1.4.37.1",  // General Relevant Patient Information Query
        "1.2.840.10008.5.1.4.37.2",  // Breast Imaging Relevant Patient Information Query
        "1.2.840.10008.5.1.4.37.3",  // Cardiac Relevant Patient Information Query
        "1.2.840.10008.5.1.4.38.2",  // Hanging Protocol Information Model - FIND
        "1.2.840.10008.5.1.4.38.3",  // Hanging Protocol Information Model - MOVE
        "1.2.840.10008.5.1.4.38.4",  // Hanging Protocol Information Model - GET
        "1.2.840.10008.5.1.4.39.2",  // Color Palette Query/Retrieve Information Model - FIND
        "1.2.840.10008.5.1.4.39.3",  // Color Palette Query/Retrieve Information Model - MOVE
        "1.2.840.10008.5.1.4.39.4",  // Color Palette Query/Retrieve Information Model - GET
        "1.2.840.10008.5.1.4.41",  // Product Characteristics Query
        "1.2.840.10008.5.1.4.42",  // Substance Approval Query
        "1.2.840.10008.5.1.4.43.2",  // Generic Implant Template Information Model - FIND
        "1.2.840.10008.5.1.4.43.3",  // Generic Implant Template Information Model - MOVE
        "1.2.840.10008.5.1.4.43.4",  // Generic Implant Template Information Model - GET
        "1.2.840.10008.5.1.4.44.2",  // Implant Assembly Template Information Model - FIND
        "1.2.840.10008.5.1.4.44.3",  // Implant Assembly Template Information Model - MOVE
        "1.2.840.10008.5.1.4.44.4",  // Implant Assembly Template Information Model - GET
        "1.2.840.10008.5.1.4.45.2",  // Implant Template Group Information Model - FIND
        "1.2.840.10008.5.1.4.45.3",  // Implant Template Group Information Model - MOVE
        "1.2.840.10008.5.1.4.45.4",  // Implant Template Group Information Model - GET
        "1.2.840.10008.10.1",  // Video Endoscopic Image Real-Time Communication
        "1.2.840.10008.10.2",  // Video Photographic Image Real-Time Communication
        "1.2.840.10008.10.3",  // Audio Waveform Real-Time Communication
        "1.2.840.10008.10.4",  // Rendition Selection Document Real-Time Communication
    ]
}
