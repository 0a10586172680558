package io.kvorum.apiserver.admission;

/** The whole admission chain as the handlers see it; any thread. */
public interface Admission {
    /**
     * Lets every plugin change the object, then lets every plugin check it. May be called again with a fresh object when
     * an update races.
     *
     * @throws io.kvorum.apimachinery.status.ApiException when a plugin refuses
     */
    void admit(AdmissionRequest request);
}
